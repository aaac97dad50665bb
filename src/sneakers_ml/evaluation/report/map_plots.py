"""Plots of what vectors lie together by, and of the learning curve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator
from numpy.typing import NDArray

from sneakers_ml.charts import BLUE, GREY, INK, PALE, SERIES, bare, new_figure, titled
from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.learning_curve import CurvePoint
from sneakers_ml.evaluation.metrics.views import UNNAMED, Agreement, ViewAnalysis

__all__ = ["curve_plot", "map_plot"]

_COLOURS = (*SERIES, "#c2253b", "#1aa3b5", "#d65fa6", "#6e4526", "#8cb82b", INK, "#8e9be8", "#55641c")
_SHAPES = "os^"
"""Colour and shape both step with each value: 13 colours and three shapes repeat after 39 values only."""

_NAMED = 24
"""Values with a colour of their own, the most frequent ones; a legend of more is no help."""

_PLACE = "photo "


def map_plot(analysis: ViewAnalysis, title: str) -> Figure:
    """The map twice, side by side: coloured by brand, and by view (by source where no view is told).

    Where the same colours lie together, the vectors lie together by what the colours mean; each panel's title gives
    the agreement of neighbours beyond chance.
    """
    brand, view, source = analysis.brand, analysis.view, analysis.source
    figure = new_figure(10, 6.6)
    left, right = figure.subplots(1, 2)
    _panel(left, analysis.map.points, analysis.map.brands)
    titled(left, _headline("brand", brand))
    if view is not None:
        _panel(right, analysis.map.points, _shown_views(view, analysis.map.views))
        titled(right, _headline("view" if view.label == "view" else "place in the gallery", view))
    else:
        _panel(right, analysis.map.points, analysis.map.sources)
        titled(right, _headline("source", source))
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, color=INK, parse_math=False)
    return figure


def _headline(name: str, agreement: Agreement | None) -> str:
    if agreement is None:
        return f"by {name}"
    value = round(agreement.agreement.value, 2) + 0.0  # no "-0.00"
    return f"by {name}: neighbours agree {value:.2f} beyond chance"


def _shown_views(view: Agreement, views: NDArray[np.str_]) -> NDArray[np.str_]:
    if view.label == "view":
        return views
    return np.array([f"{_PLACE}{place}" if place != UNNAMED else UNNAMED for place in views])


def _panel(axes: Axes, points: NDArray[np.float32], values: NDArray[np.str_]) -> None:
    named = _named(values)
    rest = ~np.isin(values, named)
    handles = []
    if rest.any():
        handles.append(_dots(axes, points[rest], GREY, "."))
    for number, value in enumerate(named):
        colour, shape = _COLOURS[number % len(_COLOURS)], _SHAPES[number % len(_SHAPES)]
        handles.append(_dots(axes, points[values == value], colour, shape))
    axes.set(xticks=[], yticks=[])
    bare(axes, "top", "right", "bottom", "left")
    _legend(axes, handles, ["others"] * bool(rest.any()) + named)


def _named(values: NDArray[np.str_]) -> list[str]:
    """The values with a colour of their own; a shorter one first, so that "photo 2" comes before "photo 10"."""
    counts = Counter(value for value in values.tolist() if value != UNNAMED)
    named = sorted(value for value, _ in counts.most_common(_NAMED))
    return sorted(named, key=len) if all(value.startswith(_PLACE) for value in named) else named


def _dots(axes: Axes, points: NDArray[np.float32], colour: str, shape: str) -> PathCollection:
    return axes.scatter(points[:, 0], points[:, 1], s=16, color=colour, marker=shape, alpha=0.85, linewidths=0)


def _legend(axes: Axes, handles: list[PathCollection], labels: list[str]) -> None:
    columns = max(1, min(4, 52 // (max(map(len, labels)) + 6)))
    # A name that begins with an underscore would be left out, one with dollar signs set as a formula.
    shown = [f"\u200b{label}" if label.startswith("_") else label for label in labels]
    legend = axes.legend(
        handles,
        shown,
        loc="upper left",
        bbox_to_anchor=(0, 0),
        ncols=columns,
        fontsize=8,
        frameon=False,
        labelcolor=INK,
        handletextpad=0.2,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)


def curve_plot(points: Sequence[CurvePoint], title: str) -> Figure:
    """Macro-F1 against the number of products learnt from, on a logarithmic axis: mean, and range over the draws.

    A line that still rises at its right end says that more products would help. Raises DataError without any point.
    """
    if not points:
        raise DataError("A learning curve without points cannot be plotted; train on one share at least.")
    products = [point.products for point in points]
    means = [point.macro_f1 for point in points]
    figure = new_figure(5.6, 4)
    axes = figure.add_subplot()
    axes.fill_between(
        products, [point.low for point in points], [point.high for point in points], color=PALE, alpha=0.6, linewidth=0
    )
    axes.plot(products, means, color=BLUE, marker="o", markersize=5, linewidth=1.5)
    for point in points:
        axes.annotate(
            f"{point.macro_f1:.2f}",
            (point.products, point.macro_f1),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=8,
            color=INK,
        )
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(products))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks(products, [f"{round(value):,}" for value in products])
    axes.set(xlabel="products learnt from", ylabel="macro-F1 (band: lowest to highest draw)", ylim=(0, 1.05))
    axes.margins(x=0.08)
    bare(axes, "top", "right")
    titled(axes, title)
    return figure
