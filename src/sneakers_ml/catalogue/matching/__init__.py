"""Which listings are one product: pure functions over small records, without files or tables."""
