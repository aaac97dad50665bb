"""From what shops and people wrote to a clean catalogue: listings, products, photos, split."""
