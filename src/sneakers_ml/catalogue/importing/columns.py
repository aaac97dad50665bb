"""The columns of a manifest: which field each one says, by its own name or a usual other one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

__all__ = ["column_fields", "field_of"]

_NAMES = {
    "file": "file name, file path, path, image, image name, image file, image path, img, photo, photo name, photo file,"
    " photo path, picture, pic",
    "brand": "brand name, vendor, manufacturer, make, maker, designer",
    "model": "model name, silhouette",
    "product_id": "product key, product handle, handle, item id, parent id, group id, item group id",
    "title": "name, product name, product title, item name, item title, full name",
    "price": "amount, sale price, current price, price amount, unit price, variant price",
    "currency": "curr, currency code, price currency",
    "url": "link, product url, product link, page url, web address, href",
    "colour": "color, colorway, colourway, color name, colour name, product color, product colour",
    "style_code": "sku, style, style id, style no, style number, product sku, variant sku, article, article no,"
    " article number, article code, mpn, manufacturer code, model code, model no, model number",
    "gender": "sex, target gender",
    "shop": "store, shop name, store name, retailer, seller, merchant",
    "view": "angle, side, perspective",
}
"""Field -> what tables call it too, as people and shops' exports (Shopify, Google Merchant Center) do."""


def _plain(name: str) -> str:
    """A name without what tables write in different ways: capitals, spaces, hyphens, underscores, `#`."""
    return re.sub(r"[\W_]+", "", name).casefold()


_FIELDS = {_plain(name): field for field, names in _NAMES.items() for name in (field, *names.split(","))}


@cache
def field_of(name: str) -> str | None:
    """The field that a column of this name says; None for an unknown one."""
    return _FIELDS.get(_plain(name))


def column_fields(header: Sequence[str]) -> list[str | None]:
    """The field that each column says; of several for one field the one that bears its own name, else the first."""
    chosen: dict[str, int] = {}
    for own_name in (True, False):
        for place, name in enumerate(header):
            field = field_of(name)
            if field and (_plain(name) == _plain(field)) == own_name:
                chosen.setdefault(field, place)
    said = {place: field for field, place in chosen.items()}
    return [said.get(place) for place in range(len(header))]
