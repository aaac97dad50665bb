"""What the demo's shops sell: who has what, in which words, at which price, and which listings are one product."""
