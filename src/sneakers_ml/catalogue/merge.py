"""The stage `merge`: listings of every source, cleaned, into products."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pandas as pd

from sneakers_ml.catalogue.matching.assignment import assign
from sneakers_ml.catalogue.matching.identity import model_ids, product_brands, product_id
from sneakers_ml.catalogue.matching.reasons import matched_by, reason
from sneakers_ml.catalogue.reading import CleanListings, LeftOut, Row, read_and_clean
from sneakers_ml.catalogue.schema import LISTINGS, PRODUCTS, SET_ASIDE, check
from sneakers_ml.errors import DataError
from sneakers_ml.tables import write_table
from sneakers_ml.workspace.paths import Workspace

__all__ = ["MergeResult", "merge"]

_OFFER = ("shop", "url", "price", "currency")
_WEAKNESS = ("none", "style_code", "title")


@dataclass(frozen=True)
class MergeResult:
    """Counts of a run; listings that were joined to another one are counted by what joined them."""

    sources: int
    listings: int
    set_aside: int
    products: int
    models: int
    joined_by_style_code: int
    joined_by_title: int


def merge(workspace: Workspace) -> MergeResult:
    """Read data/raw/*/listings.jsonl; write listings, products and set_aside (.parquet) to data/catalogue/.

    Listings are cleaned, what is no sneaker is set aside, and the others are joined to products: by style code, by
    their source's own product id, or by brand, model and colour (see `matching.assignment.assign`). A product's id
    depends on the listings that were seen first, so that a shop that comes later breaks none. Colourways of a model
    share its id.

    Raises:
        DataError: when there is nothing to merge or a listing breaks its contract.
    """
    with _uncollected():
        found = read_and_clean(workspace.raw)
        rows = sorted(found.set_aside, key=lambda row: (row.source, row.listing_id))
        set_aside = check(pd.DataFrame(rows, columns=list(LeftOut._fields)), SET_ASIDE, workspace.set_aside)
        if not found.entries:
            why = f"none of the {len(rows)} listings is a sneaker; bring others" if rows else "no listings; bring some"
            raise DataError(f"{workspace.raw}: {why} with `sneakers crawl` or `sneakers import`")
        listings = check(_listing_table(found), LISTINGS, workspace.listings)
        products = check(_product_table(listings), PRODUCTS, workspace.products)
        write_table(set_aside, workspace.set_aside)
        write_table(listings, workspace.listings)
        write_table(products, workspace.products)
    joined = listings.loc[listings["matched_with"].notna(), "matched_by"].value_counts()
    return MergeResult(
        sources=listings["source"].nunique(),
        listings=len(listings),
        set_aside=len(set_aside),
        products=len(products),
        models=products["model_id"].nunique(),
        joined_by_style_code=int(joined.get("style_code", 0)),
        joined_by_title=int(joined.get("title", 0)),
    )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles: there are none here, and it would walk through all rows again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _listing_table(found: CleanListings) -> pd.DataFrame:
    """One row a listing, ordered by product, then source and id: never by the rows of the input."""
    entries, placements = found.entries, assign(found.entries)
    products = [product_id(placement.product) for placement in placements]
    brands = [entry.brand for entry in entries]
    others = [None if placement.joined is None else entries[placement.joined] for placement in placements]
    columns: dict[str, list[object]] = {
        **dict(zip(Row._fields, map(list, zip(*found.rows, strict=True)), strict=True)),
        "matched_by": list(map(matched_by, entries, placements)),
        "matched_with": [other and ":".join(other.place) for other in others],
        "match_score": [other and placement.score for placement, other in zip(placements, others, strict=True)],
        "match_reason": list(map(reason, entries, placements, others)),
        "product_id": list(products),
        "model_id": list(model_ids(products, brands, [entry.model_name for entry in entries])),
        "brand": list(product_brands(products, brands)),
    }
    order = sorted(range(len(products)), key=lambda row: (products[row], entries[row].place))
    table = pd.DataFrame({name: [columns[name][row] for row in order] for name in LISTINGS.columns})
    moments = pd.to_datetime(table["first_seen"].astype(object), utc=True)
    return table.assign(first_seen=moments.astype("datetime64[us, UTC]"))


def _product_table(listings: pd.DataFrame) -> pd.DataFrame:
    """One row a product: what its founder states, else its other listings in their order, and the offers of all.

    `matched_by` is the weakest ground on which any of its listings belongs to it. Offers are ordered by shop and
    address, each with its price in its own currency.
    """
    capitals = listings["model"].str.isupper().fillna(value=False).astype(bool)  # some shops print all in capitals
    ordered = listings.assign(joined=listings["matched_with"].notna(), capitals=capitals)
    ordered = ordered.sort_values(["product_id", "joined", "source", "listing_id"])
    first = ["brand", "model_id", "label", "gender", "age", "style_code"]
    table = ordered.groupby("product_id", sort=True)[first].first()
    calm = ordered.sort_values("capitals", kind="stable").groupby("product_id", sort=True)
    table[["model", "colour", "title"]] = calm[["model", "colour", "name"]].first()
    named = ordered[ordered["collaborators"].str.len() > 0].groupby("product_id")["collaborators"].first()
    table["collaborators"] = [list(named.get(product, ())) for product in table.index]
    weakness = ordered["matched_by"].map(_WEAKNESS.index).groupby(ordered["product_id"]).max()
    table["matched_by"] = [_WEAKNESS[rank] for rank in weakness]
    offers = listings.assign(address=listings["url"].fillna(""))
    offers = offers.sort_values(["product_id", "shop", "address", "source", "listing_id"])
    cells = offers[list(_OFFER)].astype(object).where(offers[list(_OFFER)].notna(), None).to_dict("records")
    table["offers"] = pd.Series(cells, index=offers.index).groupby(offers["product_id"]).agg(list)
    return table.reset_index()
