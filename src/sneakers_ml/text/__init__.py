"""Words: search over the catalogue's titles, a text tower that meets photos, and photos described in words."""
