"""A product in words: what it is, who offers it, and why each of its listings belongs to it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sneakers_ml.catalogue.schema import PRODUCTS
from sneakers_ml.errors import UsageError
from sneakers_ml.tables import read_table
from sneakers_ml.workspace.paths import Workspace

__all__ = ["ExplainedListing", "Explanation", "explain"]

_SHORTEST = 4
_SHOWN = 5
_FACTS = ("brand", "label", "collaborators", "model", "colour", "gender", "age", "style_code", "matched_by", "model_id")
_COLUMNS = ("product_id", "matched_with", "match_reason", "source", "listing_id", "title", "removed", "delisted")


@dataclass(frozen=True, slots=True)
class ExplainedListing:
    """`removed` are the words taken from its title, each with what they were taken for."""

    place: str
    title: str
    reason: str
    removed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A product; `facts` and `offers` hold what is known, the founder is the first of `listings`."""

    product_id: str
    title: str
    facts: dict[str, str]
    offers: tuple[tuple[str, str, str], ...]
    listings: tuple[ExplainedListing, ...]


def explain(workspace: Workspace, wanted: str) -> Explanation:
    """Why the listings of a product were joined, from the tables that the stage `merge` wrote.

    Args:
        workspace: where to look.
        wanted: a product's id, or its first four characters or more where they are no other product's.

    Raises:
        UsageError: when there is no such product, or several.
        DataError: when the catalogue is missing or damaged.
    """
    products = read_table(workspace.products, "merge", list(PRODUCTS.columns))
    listings = read_table(workspace.listings, "merge", _COLUMNS)
    product_id = _the_one(products["product_id"], wanted.strip().lower())
    product = products[products["product_id"] == product_id].iloc[0]
    members = listings[listings["product_id"] == product_id]
    members = members.assign(joined=members["matched_with"].notna()).sort_values(["joined", "source", "listing_id"])
    explained = [
        ExplainedListing(
            f"{row['source']}:{row['listing_id']}",
            row["title"],
            row["match_reason"] + ("" if pd.isna(row["delisted"]) else f" Delisted {row['delisted']:%Y-%m-%d}."),
            tuple((part["text"], part["kind"]) for part in row["removed"]),
        )
        for row in members.to_dict("records")
    ]
    offers = [
        (
            offer["shop"],
            "" if pd.isna(offer["price"]) else f"{offer['price']:,.2f} {offer['currency'] or ''}".strip(),
            offer["url"] or "",
        )
        for offer in product["offers"]
    ]
    facts = {
        str(name).replace("_", " "): value if isinstance(value, str) else ", ".join(value)
        for name, value in product[list(_FACTS)].items()
        if hasattr(value, "__len__") and len(value)
    }
    return Explanation(product_id, product["title"], facts, tuple(offers), tuple(explained))


def _the_one(ids: pd.Series[str], wanted: str) -> str:
    if len(wanted) < _SHORTEST:
        raise UsageError(f"--explain {wanted!r}: too short; give a product's id, or at least its first four characters")
    found = sorted(ids[ids.str.startswith(wanted)])
    if not found:
        raise UsageError(f"--explain {wanted!r}: no product has this id; ids are in data/catalogue/products.parquet")
    if len(found) > 1:
        shown = ", ".join(found[:_SHOWN]) + (" …" if len(found) > _SHOWN else "")
        raise UsageError(f"--explain {wanted!r}: {len(found)} products begin so ({shown}); give more of the id")
    return found[0]
