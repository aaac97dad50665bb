"""What a page says: listings, prices, photo addresses and style codes from HTML and JSON."""
