"""Import: photos of your own become a source like a crawled shop."""
