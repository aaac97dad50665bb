"""The catalogue's figures as Markdown."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sneakers_ml.catalogue.overview.counts import (
    Catalogue,
    joins,
    photos_per_brand,
    prices,
    products_per_brand,
    read_shares,
    totals,
)
from sneakers_ml.markdown import escaped, table

__all__ = ["BEGIN", "END", "render", "renew"]

BEGIN = "<!-- begin: written by `sneakers catalogue report` -->"
END = "<!-- end: written by `sneakers catalogue report` -->"
_MOST = 30


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
        *_set_aside(catalogue.set_aside),
    ]
    return "\n".join(part for part in parts if part)


def renew(page: str, figures: str) -> str:
    """The page with what stands between the two marks replaced; a page without them gets them at its end."""
    block = f"{BEGIN}\n\n{figures}\n{END}"
    if BEGIN in page and END in page.split(BEGIN, 1)[1]:
        before, rest = page.split(BEGIN, 1)
        return before + block + rest.split(END, 1)[1]
    return f"{page.rstrip()}\n\n{block}\n".lstrip()


def _set_aside(rows: pd.DataFrame) -> list[str]:
    if rows.empty:
        return ["## Set aside\n", "Nothing.\n"]
    counted = rows.groupby(["source", "reason"]).size().reset_index(name="listings")
    example = rows.sort_values("listing_id").groupby(["source", "reason"])["title"].first().reset_index(name="example")
    merged = counted.merge(example).sort_values(["source", "listings", "reason"], ascending=[True, False, True])
    cells = [
        [escaped(row["source"]), escaped(row["reason"]), escaped(str(row["example"])), f"{row['listings']:,}"]
        for row in merged.to_dict("records")
    ]
    return [
        "## Set aside\n",
        table(["Source", "Reason", "Example", "Listings"], cells, {"Source", "Reason", "Example"}),
    ]


def _counts(name: str, frame: pd.DataFrame, decimals: int = 0, unit: str = "") -> str:
    header = [name, *map(escaped, map(str, frame.columns))]
    rows = [
        [escaped(str(key)), *(_shown(value, decimals, unit) for value in values)]
        for key, values in zip(frame.index, frame.to_numpy().tolist(), strict=True)
    ]
    return table(header, rows, {name})


def _shown(value: float, decimals: int, unit: str) -> str:
    whole = float(value).is_integer() and not unit
    return f"{value:,.0f}" if whole else f"{value:,.{decimals}f}{unit}"


def _first(frame: pd.DataFrame) -> str:
    return f" (the first {_MOST} of {len(frame)})" if len(frame) > _MOST else ""


def _picture(pictures: Mapping[str, str], name: str) -> str:
    return f"![{name}]({pictures[name]})\n" if name in pictures else ""
