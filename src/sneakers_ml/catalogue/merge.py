"""The stage `merge`: listings of every source, cleaned, into products."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pandas as pd

from sneakers_ml.catalogue.matching.assignment import Placement, assign
from sneakers_ml.catalogue.matching.identity import model_ids, product_brands, product_id
from sneakers_ml.catalogue.matching.reasons import Told, matched_by, reason
from sneakers_ml.catalogue.products import product_table
from sneakers_ml.catalogue.reading import LeftOut, Row, Shelf, read_shelf
from sneakers_ml.catalogue.schema import LISTINGS, PRODUCTS, SET_ASIDE, check
from sneakers_ml.errors import DataError
from sneakers_ml.tables import write_table
from sneakers_ml.workspace.paths import Workspace

__all__ = ["MergeResult", "merge"]


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
    hangs on the listings that were seen first, so that a shop that comes later breaks none. Colourways of a model share
    its id.

    Raises:
        DataError: when there is nothing to merge or a listing breaks its contract.
    """
    with _uncollected():
        return _merge(workspace)


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


def _merge(workspace: Workspace) -> MergeResult:
    shelf = read_shelf(workspace.raw)
    set_aside = check(_set_aside_table(shelf.set_aside), SET_ASIDE, workspace.set_aside)
    if not shelf.entries:
        raise DataError(_nothing(workspace, len(set_aside)))
    listings = check(_listing_table(shelf), LISTINGS, workspace.listings)
    products = check(product_table(listings), PRODUCTS, workspace.products)
    write_table(set_aside, workspace.set_aside)
    write_table(listings, workspace.listings)
    write_table(products, workspace.products)
    return _report(listings, products, set_aside)


def _nothing(workspace: Workspace, set_aside: int) -> str:
    how = "with `sneakers crawl` or `sneakers import`"
    if set_aside:
        return f"{workspace.raw}: none of the {set_aside} listings is a sneaker; bring others {how}"
    return f"{workspace.raw}: no listings; bring some {how}"


def _set_aside_table(rows: list[LeftOut]) -> pd.DataFrame:
    ordered: list[LeftOut] = sorted(rows, key=lambda row: (row.source, row.listing_id))
    return pd.DataFrame(ordered, columns=list(LeftOut._fields))


def _listing_table(shelf: Shelf) -> pd.DataFrame:
    """One row a listing, ordered by product, then source and id: never by the rows of the input."""
    placements = assign(shelf.entries)
    products = [product_id(placement.product) for placement in placements]
    brands = [entry.brand for entry in shelf.entries]
    columns: dict[str, list[object]] = {
        **dict(zip(Row._fields, map(list, zip(*shelf.rows, strict=True)), strict=True)),
        **_grounds(shelf, placements),
        "product_id": list(products),
        "model_id": list(model_ids(products, brands, shelf.models)),
        "brand": list(product_brands(products, brands)),
    }
    places = [entry.place for entry in shelf.entries]
    order = sorted(range(len(products)), key=lambda row: (products[row], places[row]))
    table = pd.DataFrame({name: [columns[name][row] for row in order] for name in LISTINGS.columns})
    moments = pd.to_datetime(table["first_seen"].astype(object), utc=True)
    return table.assign(first_seen=moments.astype("datetime64[us, UTC]"))


def _grounds(shelf: Shelf, placements: list[Placement]) -> dict[str, list[object]]:
    told = [
        Told(entry.source, entry.listing_id, entry.brand, row.model, row.colour)
        for entry, row in zip(shelf.entries, shelf.rows, strict=True)
    ]
    others = [None if placement.joined is None else told[placement.joined] for placement in placements]
    return {
        "matched_by": list(map(matched_by, shelf.entries, placements)),
        "matched_with": [other and other.place for other in others],
        "match_score": [other and placement.score for placement, other in zip(placements, others, strict=True)],
        "match_reason": list(map(reason, shelf.entries, placements, told, others)),
    }


def _report(listings: pd.DataFrame, products: pd.DataFrame, set_aside: pd.DataFrame) -> MergeResult:
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
