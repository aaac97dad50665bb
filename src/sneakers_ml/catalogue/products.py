"""The table of products, from the listings that make them up."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
    for column in ("model", "colour"):
        spoken = _spoken(ordered, column)
        table[column] = [
            spoken.get(str(product), text) if isinstance(text, str) and text.isupper() else text
            for product, text in table[column].items()
        ]
    told = ("title", "brand", "collaborators", "model", "colour", "age")
    table["title"] = [full_title(*cells) for cells in zip(*(table[column] for column in told), strict=True)]
    return table.reset_index()


def full_title(
    title: str, brand: str, partners: Sequence[str], model: str | None, colour: str | None, age: str | None
) -> str:
    """A title that says by itself which shoe it is.

    It is put together where brand, model and colour are told apart, "adidas x Wales Bonner Samba Core Black"; else it
    is the listing's own, with the brand in front if it is missing there.
    """
    entry = lexicon().brands.brands.get(brand)
    name = entry.name if entry else brand.title()
    if brand == NO_BRAND or not isinstance(model, str) or not isinstance(colour, str):
        return title if brand == NO_BRAND or _words(title) >= _words(brand) else f"{name} {title}"
    names = [*([] if _words(model) >= _words(brand) else [name]), *partners]  # "Air Jordan 4" says its brand itself
    kids = "(kids)" if age == "kids" else ""
    return " ".join(filter(None, [" x ".join(names), model, colour, kids]))


def _spoken(ordered: pd.DataFrame, column: str) -> dict[str, str]:
    """Product id -> its first text that is not all in capitals, as some shops print everything so."""
    first: dict[str, str] = {}
    for product, text in zip(ordered["product_id"], ordered[column], strict=True):
        if isinstance(text, str) and not text.isupper():
            first.setdefault(product, text)
    return first


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
