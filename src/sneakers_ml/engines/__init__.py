"""A file an engine: each registers itself, and imports its library only when it runs."""
