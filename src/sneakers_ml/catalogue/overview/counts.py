"""Counts over the tables of the stage `merge`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import pandas as pd

__all__ = [
    "READ_FIELDS",
    "Catalogue",
    "joins",
    "photos_per_brand",
    "prices",
    "products_per_brand",
    "read_shares",
    "totals",
]

READ_FIELDS = ("brand", "model", "colour", "gender", "age", "style_code", "price", "collaborators")
"""What cleaning may find in a listing."""


@dataclass(frozen=True)
class Catalogue:
    """The tables that the stage `merge` writes: listings, products, set_aside and offers (.parquet)."""

    listings: pd.DataFrame
    products: pd.DataFrame
    set_aside: pd.DataFrame
    offers: pd.DataFrame = dataclasses.field(default_factory=pd.DataFrame)
    """Empty where only today is looked at."""

    @property
    def on_sale(self) -> pd.DataFrame:
        """The listings that their shops still have."""
        if "delisted" not in self.listings:
            return self.listings
        return self.listings[self.listings["delisted"].isna()]


def totals(catalogue: Catalogue) -> dict[str, int]:
    """The catalogue's sizes, by what they count."""
    listings = catalogue.listings
    shops = listings.groupby("product_id")["source"].nunique()
    return {
        "sources": int(listings["source"].nunique()),
        "listings kept": len(listings),
        "listings set aside": len(catalogue.set_aside),
        "products": len(catalogue.products),
        "products in several sources": int((shops > 1).sum()),
        "models": int(catalogue.products["model_id"].nunique()),
        "brands": int(catalogue.products["brand"].nunique()),
        "photos": int(listings["photo_files"].str.len().sum()),
    }


def products_per_brand(catalogue: Catalogue) -> pd.DataFrame:
    """Products of each brand (rows, the largest first) in each source (columns), and `all`.

    A product in two sources counts in both, and once in `all`.
    """
    pairs = catalogue.listings[["product_id", "brand", "source"]].drop_duplicates()
    table = pairs.groupby(["brand", "source"]).size().unstack(fill_value=0)
    table["all"] = catalogue.products.groupby("brand").size().reindex(table.index, fill_value=0)
    return table.reset_index().sort_values(["all", "brand"], ascending=[False, True]).set_index("brand")


def prices(catalogue: Catalogue) -> pd.DataFrame:
    """Of each currency the number of offers today and their prices: least, quartiles, most; never across currencies."""
    known = catalogue.on_sale.dropna(subset=["price", "currency"])
    table = known.groupby("currency")["price"].describe()
    return table[["count", "min", "25%", "50%", "75%", "max"]]


def photos_per_brand(catalogue: Catalogue) -> pd.DataFrame:
    """Of each brand its photos, products and photos a product, the most photos first."""
    listings = catalogue.listings.assign(photos=catalogue.listings["photo_files"].str.len())
    table = listings.groupby("brand").agg(photos=("photos", "sum"), products=("product_id", "nunique")).reset_index()
    table["photos a product"] = table["photos"] / table["products"]
    return table.sort_values(["photos", "brand"], ascending=[False, True]).set_index("brand")


def joins(catalogue: Catalogue) -> pd.DataFrame:
    """Listings of each source (rows) by what joined them to another (columns); `founded`: they were the first."""
    listings = catalogue.listings
    ground = listings["matched_by"].where(listings["matched_with"].notna(), "founded")
    table = listings.assign(ground=ground).groupby(["source", "ground"]).size().unstack(fill_value=0)
    return table.reindex(columns=["founded", "style_code", "title", "none"], fill_value=0)


def read_shares(catalogue: Catalogue) -> pd.DataFrame:
    """Of each source (rows) the share of its listings of which each field (columns) is known."""
    listings = catalogue.listings
    known = {}
    for field in READ_FIELDS:
        values = listings[field]
        known[field] = values.notna()
        if values.dtype == object or isinstance(values.dtype, pd.StringDtype):
            known[field] &= values.str.len() > 0
    return pd.DataFrame(known).groupby(listings["source"]).mean()
