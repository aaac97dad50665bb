"""What became of offers: prices that changed, listings that went and came back."""

from __future__ import annotations

import pandas as pd

from sneakers_ml.catalogue.overview.counts import Catalogue

__all__ = ["availability", "change_totals", "changes_by_currency", "price_changes"]

_LISTING = ["source", "listing_id"]


def price_changes(catalogue: Catalogue) -> pd.DataFrame:
    """One row for each time that a listing asked another price in the same currency, the earliest first.

    Columns source, listing_id, shop, product_id, url, currency, before, after, change (a share of the price before,
    below 0 for a drop) and date. A price that a page did not state once is no change, nor is another currency: what
    comes after it is compared with the last price in its own.
    """
    offers = catalogue.offers[catalogue.offers["price"] > 0].dropna(subset=["currency"])
    before = offers.groupby([*_LISTING, "currency"], sort=False)["price"].shift()
    changed = before.notna() & (before != offers["price"])
    table = offers.assign(before=before, after=offers["price"], date=offers["first_seen"])[changed]
    table = table.assign(change=table["after"] / table["before"] - 1)
    columns = [*_LISTING, "shop", "product_id", "url", "currency", "before", "after", "change", "date"]
    return table.sort_values(["date", *_LISTING], kind="stable")[columns].reset_index(drop=True)


def changes_by_currency(changes: pd.DataFrame) -> pd.DataFrame:
    """Of each currency (rows) the numbers of drops and rises, and the median of each in per cent."""
    table = pd.DataFrame(index=sorted(changes["currency"].unique()))
    for name, rows in (("drops", changes[changes["change"] < 0]), ("rises", changes[changes["change"] > 0])):
        by_currency = rows.groupby("currency")["change"]
        table[name] = by_currency.size().reindex(table.index, fill_value=0)
        table[f"median of {name}, %"] = by_currency.median().reindex(table.index).mul(100)
    return table


def availability(catalogue: Catalogue) -> pd.DataFrame:
    """Listings of each source (rows): on sale, delisted, and those on sale that were gone for a while (`returned`)."""
    offers = catalogue.offers
    today = ~offers.duplicated(_LISTING, keep="last")
    back = offers[~today & offers["delisted"].notna()].set_index(_LISTING).index
    last = offers[today]
    live = last["delisted"].isna()
    returned = live & pd.MultiIndex.from_frame(last[_LISTING]).isin(back)
    table = pd.DataFrame({"source": last["source"], "on sale": live, "delisted": ~live, "returned": returned})
    return table.groupby("source").sum()


def change_totals(catalogue: Catalogue) -> dict[str, int]:
    """Prices that dropped and rose, and listings that are delisted or have returned, of all sources."""
    changes, counts = price_changes(catalogue)["change"], availability(catalogue)
    return {
        "price drops": int((changes < 0).sum()),
        "price rises": int((changes > 0).sum()),
        "delisted": int(counts["delisted"].sum()),
        "returned": int(counts["returned"].sum()),
    }
