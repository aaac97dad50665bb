"""What several test rooms share: photos made here, files gone bad, fakes for the seams."""
