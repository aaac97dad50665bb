"""The catalogue's plots."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from sneakers_ml.catalogue.overview.counts import Catalogue, joins, photos_per_brand, products_per_brand
from sneakers_ml.reporting.charts import BLUE, SERIES, bare, new_figure, titled

__all__ = ["PLOTS", "joins_plot", "photos_plot", "prices_plot", "products_plot"]

_MOST = 30
"""Brands in a plot: the largest."""


def products_plot(catalogue: Catalogue) -> Figure:
    """Bars: products of each brand, a colour a source; a product in two sources stands in both."""
    table = products_per_brand(catalogue).head(_MOST).drop(columns="all")
    return _stacked(table, "Products of each brand by source", "products (those in two sources count in both)")


def photos_plot(catalogue: Catalogue) -> Figure:
    """Bars: photos of each brand."""
    table = photos_per_brand(catalogue).head(_MOST)[["photos"]]
    return _stacked(table, "Photos of each brand", "photos")


def joins_plot(catalogue: Catalogue) -> Figure:
    """Bars: listings of each source by why they are part of their product."""
    return _stacked(joins(catalogue), "Listings of each source by what joined them", "listings")


def prices_plot(catalogue: Catalogue) -> Figure:
    """Histograms of prices, one a currency, since amounts of two currencies don't compare."""
    known = catalogue.on_sale.dropna(subset=["price", "currency"])
    groups = list(known.groupby("currency")["price"]) or [("no currency", pd.Series([], dtype=float))]
    figure = new_figure(2.6 * max(len(groups), 2), 2.6)
    for place, (currency, values) in enumerate(groups, start=1):
        axes = figure.add_subplot(1, len(groups), place)
        axes.hist(values, bins=20, color=BLUE)
        axes.set_ylabel("offers" if place == 1 else "", fontsize=8)
        titled(axes, f"{currency} ({len(values):,})")
        bare(axes, "top", "right")
    return figure


def _stacked(table: pd.DataFrame, title: str, unit: str) -> Figure:
    """Horizontal bars, the first row on top, the columns stacked."""
    figure = new_figure(7, 1.2 + 0.24 * len(table))
    axes = figure.add_subplot()
    start = pd.Series(0.0, index=table.index)
    for number, column in enumerate(table.columns):
        axes.barh(list(table.index), table[column], left=start, color=SERIES[number % len(SERIES)], label=str(column))
        start = start + table[column]
    axes.invert_yaxis()
    axes.set_xlabel(unit, fontsize=8)
    titled(axes, title)
    bare(axes, "top", "right", "left")
    if len(table.columns) > 1:
        figure.legend(loc="outside right upper", fontsize=8, frameon=False)
    return figure


PLOTS = {"products": products_plot, "photos": photos_plot, "prices": prices_plot, "joins": joins_plot}
"""File's stem -> plot."""
