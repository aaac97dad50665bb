"""A page with the catalogue's figures in Markdown, its plots beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sneakers_ml.catalogue.cleaning.naming import NO_SNEAKER
from sneakers_ml.catalogue.overview.changes import availability, change_totals, changes_by_currency, price_changes
from sneakers_ml.catalogue.overview.counts import (
    Catalogue,
    joins,
    photos_per_brand,
    prices,
    products_per_brand,
    read_shares,
    totals,
)
from sneakers_ml.catalogue.overview.plots import PLOTS
from sneakers_ml.errors import DataError
from sneakers_ml.files import write_atomically
from sneakers_ml.reporting.charts import save_png
from sneakers_ml.reporting.markdown import escaped, table
from sneakers_ml.tables import read_table
from sneakers_ml.workspace.paths import Workspace

__all__ = ["BEGIN", "END", "render", "renew", "write_overview"]

BEGIN = "<!-- begin: written by `sneakers catalogue report` -->"
END = "<!-- end: written by `sneakers catalogue report` -->"
_MOST = 30
_BIGGEST = 10


def write_overview(workspace: Workspace, page: Path) -> dict[str, int]:
    """Write counts, tables and plots of the merged catalogue without photos of other things; answer the totals.

    Where the catalogue keeps offers over time, those of price changes are among them.

    An existing page keeps what people wrote outside the two marks (see `renew`). The plots lie in the folder
    `images` beside it, their names beginning with the page's.

    Raises:
        DataError: there is no merged catalogue, or it is empty.
    """
    tables = (workspace.listings, workspace.products, workspace.set_aside)
    listings, products, set_aside = (read_table(path, "merge") for path in tables)
    listings, products = (rows[rows["brand"] != NO_SNEAKER] for rows in (listings, products))
    offers = read_table(workspace.offers, "merge") if workspace.offers.exists() else pd.DataFrame()
    if not offers.empty:
        offers = offers[offers["product_id"].isin(products["product_id"])]
    catalogue = Catalogue(listings, products, set_aside, offers)
    if catalogue.listings.empty:
        raise DataError(f"{workspace.listings}: holds no listings; crawl or import some, then run `sneakers merge`")
    pictures = {}
    for name, plot in PLOTS.items():
        file = page.parent / "images" / f"{page.stem}-{name}.png"
        save_png(plot(catalogue), file)
        pictures[name] = f"images/{file.name}"
    old = page.read_text(encoding="utf-8") if page.is_file() else "# The catalogue in figures\n"
    write_atomically(page, renew(old, render(catalogue, pictures)).encode())
    return totals(catalogue) | ({} if catalogue.offers.empty else change_totals(catalogue))


def render(catalogue: Catalogue, pictures: Mapping[str, str]) -> str:
    """Tables and plots, from headings of the second level on; `pictures` maps a plot's name to its path."""
    brands, photos = products_per_brand(catalogue), photos_per_brand(catalogue)
    parts = [
        "## Sizes\n",
        table(["What", "Count"], [[name, f"{count:,}"] for name, count in totals(catalogue).items()], {"What"}),
        f"## Products of each brand and source{_first(brands)}\n",
        "A product in two sources counts in both, and once under *all*.\n",
        _counts("Brand", brands.head(_MOST)),
        _picture(pictures, "products"),
        "## Prices\n",
        "Amounts of two currencies are never put together.\n",
        _counts("Currency", prices(catalogue), decimals=2),
        _picture(pictures, "prices"),
        "" if catalogue.offers.empty else _price_changes(catalogue),
        f"## Photos of each brand{_first(photos)}\n",
        _counts("Brand", photos.head(_MOST), decimals=1),
        _picture(pictures, "photos"),
        "## What joined the listings\n",
        "*founded*: the first of its product. *style_code*: it states the same maker's code. *title*: brand, model and"
        " colour are alike. *none*: its source says that it is the same product.\n",
        _counts("Source", joins(catalogue)),
        _picture(pictures, "joins"),
        "## What was read\n",
        "Share of a source's listings in which a field was found.\n",
        _counts("Source", read_shares(catalogue) * 100, decimals=1, unit=" %"),
        "## Set aside\n",
        _set_aside(catalogue.set_aside),
    ]
    return "\n".join(part for part in parts if part)


def renew(page: str, figures: str) -> str:
    """The page with what stands between the two marks replaced; a page without them gets them at its end."""
    block = f"{BEGIN}\n\n{figures}\n{END}"
    if BEGIN in page and END in page.split(BEGIN, 1)[1]:
        before, rest = page.split(BEGIN, 1)
        return before + block + rest.split(END, 1)[1]
    return f"{page.rstrip()}\n\n{block}\n".lstrip()


def _price_changes(catalogue: Catalogue) -> str:
    changes = price_changes(catalogue)
    parts = ["## Price changes\n", "Of all crawls so far; a change is one of the same listing in the same currency.\n"]
    by_currency = changes_by_currency(changes)
    parts.append(_counts("Currency", by_currency, decimals=1) if len(changes) else "No price has changed.\n")
    titles = catalogue.listings.set_index(["source", "listing_id"])["title"]
    for name, drops in (("drops", True), ("rises", False)):
        rows = changes[(changes["change"] < 0) == drops].sort_values("change", ascending=drops, kind="stable")
        if rows.empty:
            continue
        cells = [
            [
                escaped(row["shop"]),
                escaped(titles[row["source"], row["listing_id"]]),
                f"{row['before']:,.2f}",
                f"{row['after']:,.2f}",
                escaped(row["currency"]),
                f"{row['change']:+.1%}".replace("%", " %"),
                "" if pd.isna(row["date"]) else f"{row['date']:%Y-%m-%d}",
            ]
            for row in rows.head(_BIGGEST).to_dict("records")
        ]
        parts.append(f"The biggest {name}:\n")
        header = ["Shop", "Listing", "Before", "After", "Currency", "Change", "Since"]
        parts.append(table(header, cells, {"Shop", "Listing", "Currency", "Since"}))
    parts.append("*delisted*: its shop has it no more, and it is not offered. *returned*: it was gone, and is back.\n")
    parts.append(_counts("Source", availability(catalogue)))
    return "\n".join(parts)


def _set_aside(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "Nothing.\n"
    groups = rows.sort_values("listing_id").groupby(["source", "reason"])["title"]
    counted = groups.agg(listings="size", example="first").reset_index()
    counted = counted.sort_values(["source", "listings", "reason"], ascending=[True, False, True])
    cells = [
        [escaped(row["source"]), escaped(row["reason"]), escaped(str(row["example"])), f"{row['listings']:,}"]
        for row in counted.to_dict("records")
    ]
    return table(["Source", "Reason", "Example", "Listings"], cells, {"Source", "Reason", "Example"})


def _counts(name: str, frame: pd.DataFrame, decimals: int = 0, unit: str = "") -> str:
    """A table; whole numbers are shown without decimals where there is no unit."""

    def shown(value: float) -> str:
        if math.isnan(value):
            return ""
        return f"{value:,.{0 if value.is_integer() and not unit else decimals}f}{unit}"

    header = [name, *map(escaped, map(str, frame.columns))]
    values = frame.to_numpy(float).tolist()
    rows = [[escaped(str(key)), *map(shown, row)] for key, row in zip(frame.index, values, strict=True)]
    return table(header, rows, {name})


def _first(frame: pd.DataFrame) -> str:
    return f" (the first {_MOST} of {len(frame)})" if len(frame) > _MOST else ""


def _picture(pictures: Mapping[str, str], name: str) -> str:
    return f"![{name}]({pictures[name]})\n" if name in pictures else ""
