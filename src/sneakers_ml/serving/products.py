"""What a bundle knows of the products in its gallery."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sneakers_ml.errors import BundleError
from sneakers_ml.index.spec import GALLERY
from sneakers_ml.serving.answer import Offer
from sneakers_ml.serving.filters import ProductFilter
from sneakers_ml.serving.manifest import PRODUCTS, read_rows

__all__ = ["Product", "read_gallery"]


@dataclass(frozen=True, slots=True)
class Product:
    """What the catalogue says of a product.

    `model` is the id of its model, `name` what that is called, if known; `colours` are the terms of words.yaml that its
    title or its colour name.
    """

    title: str
    brand: str
    offers: tuple[Offer, ...]
    model: str = ""
    name: str | None = None
    colours: frozenset[str] = frozenset()

    def passes(self, products: ProductFilter) -> bool:
        """Whether it is one of those that are asked for."""
        return products.accepts(self.brand, self.offers, self.colours)


def read_gallery(folder: Path, photos: int) -> tuple[dict[str, Product], dict[str, str]]:
    """Products by their ids, and the product of each photo; both in the order of the bundle's tables.

    Raises:
        BundleError: when the tables don't belong together, or hold other than that many photos.
    """
    try:
        products = {
            row["product_id"]: Product(
                _text(row["title"]),
                _text(row["brand"]),
                tuple(Offer(**offer) for offer in row["offers"]),
                _text(row["model_id"]),
                row["model"],
                frozenset(row["colours"]),
            )
            for row in read_rows(folder / PRODUCTS)
        }
        shown = {_text(row["photo_id"]): row["product_id"] for row in read_rows(folder / GALLERY)}
    except (KeyError, TypeError) as error:
        raise BundleError(f"{folder}: {PRODUCTS} or {GALLERY} is damaged ({error}); run `sneakers bundle`") from None
    if len(shown) != photos or set(shown.values()) != products.keys():
        raise BundleError(f"{folder}: gallery and products don't belong together; run `sneakers bundle`")
    return products, shown


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
