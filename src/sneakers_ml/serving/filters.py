"""Which products a person asks for: by brand, price, shop and colour."""

from sneakers_ml.index.filters import EVERYTHING, ProductFilter

__all__ = ["EVERYTHING", "ProductFilter"]
