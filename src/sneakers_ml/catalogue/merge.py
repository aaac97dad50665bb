"""The stage `merge`: listings of every source into products."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from sneakers_ml.catalogue.listing import Listing, read_listings
from sneakers_ml.catalogue.schema import LISTINGS, PRODUCTS, check
from sneakers_ml.catalogue.titles import NO_BRAND, brand_key, model_key
from sneakers_ml.errors import DataError
from sneakers_ml.paths import Workspace
from sneakers_ml.tables import write_table

__all__ = ["MergeReport", "merge"]


@dataclass(frozen=True)
class MergeReport:
    """Counts of a run."""

    sources: int
    listings: int
    products: int
    models: int


def merge(workspace: Workspace) -> MergeReport:
    """Read data/raw/*/listings.jsonl; write data/catalogue/listings.parquet and products.parquet.

    A product is the listings that share brand and style code; where a source states no style code, those that share
    its own product id; else those that share brand, title and colour; else a listing by itself. Products whose titles
    (or whose source) name the same model of a brand are colourways of that model.

    Raises:
        DataError: when there is nothing to merge or a listing breaks its contract.
    """
    rows = [_row(source, listing) for source, listing in _all_listings(workspace)]
    if not rows:
        raise DataError(f"{workspace.raw}: no listings; bring some with `sneakers import`")
    table = pd.DataFrame(rows).sort_values(["product_id", "source", "listing_id"])
    listings = check(table.assign(model_id=_joined_models(table)), LISTINGS, workspace.listings)
    products = check(_products(listings), PRODUCTS, workspace.products)
    write_table(listings, workspace.listings)
    write_table(products, workspace.products)
    return MergeReport(listings["source"].nunique(), len(listings), len(products), products["model_id"].nunique())


def _all_listings(workspace: Workspace) -> Iterator[tuple[str, Listing]]:
    for path in sorted(workspace.raw.glob("*/listings.jsonl")):
        for listing in read_listings(path):
            yield path.parent.name, listing


def _row(source: str, listing: Listing) -> dict[str, object]:
    brand = brand_key(listing.brand_raw or "") or NO_BRAND
    matched_by, key = _product_key(source, listing, brand)
    title = listing.title_raw or listing.model_raw or brand.title()
    model = listing.model_raw or listing.title_raw
    name = model_key(model, brand) if model else ""
    return {
        "product_id": _digest(key),
        "model_id": _digest(("model", brand, name) if name else key),
        "matched_by": matched_by,
        "source": source,
        "shop": listing.shop,
        "listing_id": listing.listing_id,
        "brand": brand,
        "model": model,
        "title": title,
        "colour": listing.colour_raw,
        "gender": listing.gender,
        "style_code": listing.style_code,
        "url": listing.url,
        "price": listing.price,
        "currency": listing.currency,
        "photo_files": list(listing.photo_files),
        "photo_views": list(listing.photo_views),
    }


def _product_key(source: str, listing: Listing, brand: str) -> tuple[str, tuple[str, ...]]:
    code = re.sub(r"[\W_]+", "", listing.style_code or "").upper()
    if any(map(str.isdigit, code)):  # "N/A" is no code
        return "style_code", ("style", brand, code)
    if listing.product_key:
        return "none", ("source", source, brand, listing.product_key)
    if listing.title_raw:
        return "title", ("title", brand, _plain(listing.title_raw), _plain(listing.colour_raw or ""))
    return "none", ("listing", source, listing.listing_id)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _joined_models(listings: pd.DataFrame) -> pd.Series[str]:
    """A product is of one model, though its shops word the title differently: models that share a product are one."""
    models = listings["model_id"]
    while True:
        joined = models.groupby(listings["product_id"]).transform("min")
        joined = joined.groupby(listings["model_id"]).transform("min")
        if joined.equals(models):
            return models
        models = joined


def _digest(parts: tuple[str, ...]) -> str:
    return hashlib.sha1("\0".join(parts).encode(), usedforsecurity=False).hexdigest()[:16]


def _products(listings: pd.DataFrame) -> pd.DataFrame:
    grouped = listings.groupby("product_id", sort=True)
    products = grouped[["brand", "model_id", "model", "colour", "gender", "style_code", "title", "matched_by"]].first()
    offers = ["shop", "url", "price", "currency"]
    products["offers"] = grouped[offers].apply(
        lambda rows: rows.astype(object).where(rows.notna(), None).to_dict("records")
    )
    return products.reset_index()
