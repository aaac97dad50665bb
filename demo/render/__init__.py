"""A seeded renderer of sneakers by invented brands."""
