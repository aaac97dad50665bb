"""Find sneakers by photo: from a shop's page to an answer with a brand, a price and a link."""

__all__ = ["__version__"]

__version__ = "0.1.0"
