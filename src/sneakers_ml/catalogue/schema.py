"""The tables that rooms hand to each other, checked where they are written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from sneakers_ml.errors import DataError

__all__ = ["LISTINGS", "OFFERS", "PHOTOS", "PRODUCTS", "SET_ASIDE", "SPLIT", "check"]

_SHA1 = r"^[0-9a-f]{40}$"
_KEY = r"^[0-9a-f]{16}$"


def _key() -> pa.Column:
    return pa.Column(str, pa.Check.str_matches(_KEY))


def _text(*, nullable: bool = False) -> pa.Column:
    return pa.Column(object if nullable else str, nullable=nullable, coerce=True)


def _time() -> pa.Column:
    return pa.Column("datetime64[us, UTC]", nullable=True, coerce=True)


_MATCHED_BY = pa.Column(str, pa.Check.isin(["style_code", "title", "none"]))
_DESCRIBED = {
    "brand": _text(),
    "label": _text(nullable=True),
    "collaborators": pa.Column(object),
    "model": _text(nullable=True),
    "colour": _text(nullable=True),
    "gender": pa.Column(object, pa.Check.isin(["men", "women", "unisex"]), nullable=True, coerce=True),
    "age": pa.Column(object, pa.Check.isin(["kids"]), nullable=True, coerce=True),
    "style_code": pa.Column(object, pa.Check.str_matches(r"^[^\W_a-z]+$"), nullable=True, coerce=True),
    "title": _text(),
}

LISTINGS = pa.DataFrameSchema(
    {
        "product_id": _key(),
        "model_id": _key(),
        "matched_by": _MATCHED_BY,
        "matched_with": _text(nullable=True),
        "match_score": pa.Column(float, pa.Check.in_range(0, 100), nullable=True, coerce=True),
        "match_reason": _text(),
        "source": _text(),
        "shop": _text(),
        "listing_id": _text(),
        **_DESCRIBED,
        "name": _text(),
        "url": _text(nullable=True),
        "price": pa.Column(float, pa.Check.ge(0), nullable=True, coerce=True),
        "currency": _text(nullable=True),
        "removed": pa.Column(object),
        "first_seen": _time(),
        "delisted": _time(),
        "photo_files": pa.Column(object),
        "photo_views": pa.Column(object),
    },
    unique=["source", "listing_id"],
)
"""One row a listing, with the product it became part of and why; a product's founder is matched with nothing.

`delisted` says when a crawl found that the shop had taken the listing away; it is missing for those on sale.
"""

PRODUCTS = pa.DataFrameSchema(
    {
        "product_id": pa.Column(str, pa.Check.str_matches(_KEY), unique=True),
        "model_id": _key(),
        **_DESCRIBED,
        "matched_by": _MATCHED_BY,
        "offers": pa.Column(object),
    }
)
"""One row a product, that is one colourway, with what all shops offer today; none, where it is sold no more."""

OFFERS = pa.DataFrameSchema(
    {
        "product_id": _key(),
        "source": _text(),
        "shop": _text(),
        "listing_id": _text(),
        "url": _text(nullable=True),
        "price": pa.Column(float, pa.Check.ge(0), nullable=True, coerce=True),
        "currency": _text(nullable=True),
        "first_seen": _time(),
        "last_seen": _time(),
        "delisted": _time(),
    }
)
"""One row for each price that a listing had, with when it was seen first and last; a listing's last row is today's.

A row with `delisted` ended, or is over, because the shop had taken the listing away; one after it means that it came
back. An import says nothing of when it was last seen.
"""

SET_ASIDE = pa.DataFrameSchema(
    {
        "source": _text(),
        "shop": _text(),
        "listing_id": _text(),
        "title": _text(nullable=True),
        "url": _text(nullable=True),
        "reason": _text(),
    },
    unique=["source", "listing_id"],
)
"""One row a listing that is no sneaker or cannot be used, with the reason."""

PHOTOS = pa.DataFrameSchema(
    {
        "photo_id": pa.Column(str, pa.Check.str_matches(_SHA1), unique=True),
        "file": pa.Column(str, unique=True),
        "product_id": _key(),
        "model_id": _key(),
        "brand": _text(),
        "shop": _text(),
        "source": _text(),
        "view": _text(nullable=True),
        "position": pa.Column(int, pa.Check.ge(1)),
        "width": pa.Column(int, pa.Check.gt(0)),
        "height": pa.Column(int, pa.Check.gt(0)),
        "duplicate_group": pa.Column(int, pa.Check.ge(0)),
    }
)
"""One row a photo; photos of one `duplicate_group` are near-duplicates.

`position` is the photo's place in its listing's gallery, from 1. Shops name no views, but take them in a fixed order,
so that within a source the position stands in for the view where `view` is missing.
"""

SPLIT = pa.DataFrameSchema(
    {
        "photo_id": pa.Column(str, pa.Check.str_matches(_SHA1), unique=True),
        "split": pa.Column(str, pa.Check.isin(["train", "val", "test"])),
        "group": pa.Column(int, pa.Check.ge(0)),
        "known": pa.Column(bool),
        "unseen": pa.Column(bool),
    }
)
"""One row a photo.

`known` says whether its brand is learnt, `group` what may not be torn apart. `unseen` photos validate and are of a
source that no training photo comes from; the other validation photos are of sources that are trained on.
"""


def check(table: pd.DataFrame, schema: pa.DataFrameSchema, path: Path) -> pd.DataFrame:
    """The table, after its contract was checked.

    Raises:
        DataError: naming the file, the column and an offending value.
    """
    try:
        checked: pd.DataFrame = schema.validate(table.reset_index(drop=True))
    except pa.errors.SchemaError as error:
        raise DataError(f"{path}: breaks its contract: {' '.join(str(error).split())[:300]}") from None
    return checked
