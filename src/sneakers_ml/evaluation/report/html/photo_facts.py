"""What the page says under a photo: its title, source, brand and model."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from sneakers_ml.catalogue.cleaning.naming import NO_BRAND, NO_SNEAKER

__all__ = ["PhotoFact", "PhotoFacts"]

_LONGEST = 90
_NO_BRANDS = {NO_BRAND: "no known brand", NO_SNEAKER: "no sneaker"}


class PhotoFact(NamedTuple):
    """A photo in words; the title is a shop's own, cut where it is very long."""

    title: str
    brand: str
    source: str

    @property
    def name(self) -> str:
        """The title, or the brand where there is none."""
        return self.title or self.brand


class PhotoFacts:
    """Facts by photo id.

    Args:
        photos: one row a photo, with the columns of photos.parquet.
        products: one row a product, with product_id and title.
    """

    def __init__(self, photos: pd.DataFrame, products: pd.DataFrame) -> None:
        titles = photos["product_id"].map(products.set_index("product_id")["title"]).fillna("")
        rows = zip(photos["photo_id"], titles, photos["brand"].replace(_NO_BRANDS), photos["source"], strict=True)
        self._facts = {
            str(photo_id): PhotoFact(_shortened(str(title)), str(brand), str(source))
            for photo_id, title, brand, source in rows
        }

    def __getitem__(self, photo_id: str) -> PhotoFact:
        return self._facts[photo_id]


def _shortened(text: str) -> str:
    """The text, cut to 90 characters."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
