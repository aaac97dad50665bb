"""Listings as the five shops word them, short to write; and the real rows, where they lie beside the checkout."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sneakers_ml.catalogue.listing import Listing

REFERENCE = Path(__file__).resolve().parents[4] / "shared" / "reference"
SHOPS = ("sneakerbaas", "superkicks", "highsnobiety", "kickscrew", "footshop")
needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="the real rows do not lie beside the checkout")


def offer(title: str | None, brand: str | None = None, **fields: Any) -> Listing:
    return Listing(**{"shop": "shop", "listing_id": "1", "title_raw": title, "brand_raw": brand, **fields})


def kickscrew_rows() -> list[dict[str, str]]:
    with (REFERENCE / "kickscrew-1292.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def every_row() -> Iterator[Listing]:
    """All rows of all five shops' files."""
    for shop in SHOPS:
        with (REFERENCE / f"{shop}-sample.csv").open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.DictReader(lines)):
                yield Listing(
                    shop=shop,
                    listing_id=str(number),
                    url=row.get("url") or None,
                    brand_raw=row["brand"] or None,
                    title_raw=row["title"] or None,
                    colour_raw=row.get("color") or None,
                    style_code=row.get("sku") or row.get("article_code") or None,
                    description=row.get("description") or None,
                    collections=(row["collection_name"],) if row.get("collection_name") else (),
                )
    for number, row in enumerate(kickscrew_rows()):
        yield Listing(
            shop="kickscrew",
            listing_id=f"page {number}",
            url=row["url"],
            brand_raw=row["category"],
            title_raw=row["style_name"],
        )
