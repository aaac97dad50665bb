"""The table of products, from the listings that make them up."""

from __future__ import annotations

import pandas as pd

__all__ = ["product_table"]

_FIRST = ("brand", "model_id", "label", "gender", "age", "style_code")
_OFFER = ("shop", "url", "price", "currency")
_WEAKNESS = ("none", "style_code", "title")


def product_table(listings: pd.DataFrame) -> pd.DataFrame:
    """One row a product: what its founder tells, else its other listings in their order, and the offers of all.

    `matched_by` is the weakest ground on which any of its listings belongs to it. Offers are ordered by shop and
    address, each with its price in its own currency.
    """
    founder = listings["matched_with"].isna()
    shouted = listings["model"].str.isupper().fillna(value=False).astype(bool)  # some shops print all in capitals
    ordered = listings.assign(joined=~founder, shouted=shouted)
    ordered = ordered.sort_values(["product_id", "joined", "source", "listing_id"])
    table = ordered.groupby("product_id", sort=True)[list(_FIRST)].first()
    calm = ordered.sort_values("shouted", kind="stable").groupby("product_id", sort=True)
    table[["model", "colour", "title"]] = calm[["model", "colour", "name"]].first()
    table["collaborators"] = pd.Series(_first_lists(ordered))
    weakness = ordered["matched_by"].map(_WEAKNESS.index).groupby(ordered["product_id"]).max()
    table["matched_by"] = [_WEAKNESS[rank] for rank in weakness]
    table["offers"] = pd.Series(_offers(listings))
    return table.reset_index()


def _first_lists(ordered: pd.DataFrame) -> dict[str, list[str]]:
    """Product id -> its first list of collaborators that is not empty."""
    lists: dict[str, list[str]] = {}
    for product, names in zip(ordered["product_id"], ordered["collaborators"], strict=True):
        if not lists.get(product):
            lists[product] = list(names)
    return lists


def _offers(listings: pd.DataFrame) -> dict[str, list[dict[str, object]]]:
    """Product id -> its offers."""
    told = listings.assign(address=listings["url"].fillna(""))
    told = told.sort_values(["product_id", "shop", "address", "source", "listing_id"])
    cells = [told[column].astype(object).where(told[column].notna(), None).tolist() for column in _OFFER]
    offers: dict[str, list[dict[str, object]]] = {}
    for product, *offer in zip(told["product_id"].tolist(), *cells, strict=True):
        offers.setdefault(product, []).append(dict(zip(_OFFER, offer, strict=True)))
    return offers
