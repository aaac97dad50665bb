"""The table of products, from the listings that make them up."""

from __future__ import annotations

import re

import pandas as pd

from sneakers_ml.catalogue.cleaning.lexicon import lexicon
from sneakers_ml.catalogue.titles import NO_BRAND

__all__ = ["full_title", "product_table"]

_FIRST = ("brand", "model_id", "label", "model", "colour", "gender", "age", "style_code", "title")
_OFFER = ("shop", "url", "price", "currency")
_WEAKNESS = ("none", "style_code", "title")


def product_table(listings: pd.DataFrame) -> pd.DataFrame:
    """One row a product: what its founder tells, else its other listings in their order, and the offers of all.

    `matched_by` is the weakest ground on which any of its listings belongs to it. Offers are ordered by shop and
    address, each with its price in its own currency.
    """
    founder = listings["matched_with"].isna()
    ordered = listings.assign(joined=~founder).sort_values(["product_id", "joined", "source", "listing_id"])
    grouped = ordered.groupby("product_id", sort=True)
    table = grouped[list(_FIRST)].first()
    table["collaborators"] = pd.Series(_first_lists(ordered))
    weakness = ordered["matched_by"].map(_WEAKNESS.index).groupby(ordered["product_id"]).max()
    table["matched_by"] = [_WEAKNESS[rank] for rank in weakness]
    table["offers"] = pd.Series(_offers(listings))
    table["title"] = list(map(full_title, table["title"], table["brand"], table["colour"]))
    return table.reset_index()


def full_title(title: str, brand: str, colour: str | None) -> str:
    """A title that says by itself which shoe it is: brand and colour are added where the shop states them elsewhere."""
    said = _words(title)
    if brand != NO_BRAND and not said.issuperset(_words(brand)):
        entry = lexicon().brands.brands.get(brand)
        title = f"{entry.name if entry else brand.title()} {title}"
    if isinstance(colour, str) and said.isdisjoint(_words(colour)):
        title = f"{title} {colour}"
    return title


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.casefold()))


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
