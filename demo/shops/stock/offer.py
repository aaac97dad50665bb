"""What one shop says of one listing."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CURRENCIES", "KIDS", "SHOPS", "STOCK_SEED", "Offer", "ShopPhoto", "Swatch", "slug_of"]

SHOPS = ("sneakerbaas", "superkicks", "highsnobiety", "kickscrew", "footshop")
CURRENCIES = {"sneakerbaas": "EUR", "superkicks": "INR", "highsnobiety": "USD", "kickscrew": "USD", "footshop": "EUR"}
STOCK_SEED = 7
"""The seed that truth.csv is written for."""
KIDS = "-kids"
"""Ends the product id of a shoe's version for children."""


@dataclass(frozen=True, slots=True)
class ShopPhoto:
    """One photo of a listing: the picture it is made of, and its name in the shop."""

    name: str
    """With the extension that the shop's address shows, which need not be that of the bytes."""
    source: str
    """The rendered photo, relative to the demo's folder; of what is no shoe, "number:colour" of the drawing."""
    form: str
    """The format of the bytes: jpeg, png or webp."""
    kids: bool = False


@dataclass(frozen=True, slots=True)
class Swatch:
    """One colour of a listing that stands for several."""

    colour: str
    product_id: str
    photos: tuple[ShopPhoto, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A listing as its shop words it, and the product that it is in truth (None: not a shoe)."""

    shop: str
    listing_id: str
    product_id: str | None
    slug: str
    """The product's name in its page's address."""
    brand: str
    model: str
    """As the title has it."""
    title: str
    colour: str
    style_code: str | None
    gender: str
    """men, women, unisex or kids."""
    price: float
    old_price: float | None
    """Before the sale, if there is one."""
    currency: str
    collections: tuple[str, ...]
    description: tuple[str, ...]
    """Lines of plain text."""
    kind: str
    """What the shop calls the thing: sneakers, jacket, bag, …"""
    photos: tuple[ShopPhoto, ...]
    swatches: tuple[Swatch, ...] = ()

    @property
    def truth(self) -> list[tuple[str, str | None]]:
        """(listing id, product id) of what a crawl makes of this page: one row, or one for each colour of several."""
        if not self.swatches:
            return [(self.listing_id, self.product_id)]
        return [(f"{self.listing_id}-{slug_of(swatch.colour)}", swatch.product_id) for swatch in self.swatches]


def slug_of(text: str) -> str:
    """Lower case, every run of other characters one hyphen."""
    return "-".join("".join(char if char.isalnum() else " " for char in text.lower().replace("'", "")).split())
