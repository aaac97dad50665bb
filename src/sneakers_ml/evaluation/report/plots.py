"""Plots: confusion matrix, reliability diagram and F1 of a brand model, map of photos, learning curve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator
from numpy.typing import NDArray

from sneakers_ml.evaluation.metrics.bootstrap import Interval
from sneakers_ml.evaluation.metrics.classification import BrandScores, ReliabilityBin
from sneakers_ml.evaluation.metrics.learning_curve import CurvePoint
from sneakers_ml.evaluation.metrics.views import UNNAMED, ViewAnalysis
from sneakers_ml.reporting.charts import BLUE, GREY, INK, ORANGE, PALE, SERIES, bare, new_figure, titled

__all__ = ["confusion_plot", "curve_plot", "f1_plot", "map_plot", "reliability_plot"]

_COLOURS = (*SERIES, "#c2253b", "#1aa3b5", "#d65fa6", "#6e4526", "#8cb82b", INK, "#8e9be8", "#55641c")
_SHAPES = "os^"
"""Colour and shape both step with each value: 13 colours and three shapes repeat after 39 values only."""

_NAMED = 24
"""Values with a colour of their own, the most frequent ones; a legend of more is no help."""

_PLACE = "photo "


def confusion_plot(confusion: NDArray[np.int64], labels: Sequence[str], title: str) -> Figure:
    """Confusion matrix (c, c) of counts: row = truth, shade = share of the row's photos, figure in a cell = photos.

    Rows without photos stay white. The figure grows with c, so that 31 brands can be read.
    """
    size = len(labels)
    totals = confusion.sum(axis=1, keepdims=True)
    shares = np.divide(confusion, totals, out=np.zeros(confusion.shape), where=totals > 0)
    names = 0.07 * max(len(label) for label in labels)  # inches that the longest name takes at 8 points
    side = max(3.6, 0.34 * size) + names
    figure = new_figure(side + 1.6, side + 0.9)
    axes = figure.add_subplot()
    # The size of the figure makes cells about square; a fixed aspect would leave room unused beside the matrix.
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    bar = figure.colorbar(image, ax=axes, aspect=30, pad=0.02, label="share of the brand's photos")
    bar.ax.tick_params(labelsize=8)
    axes.set_xticks(range(size), labels, rotation=90, parse_math=False)
    axes.set_yticks(range(size), labels, parse_math=False)
    axes.set(xlabel="predicted brand", ylabel="true brand")
    for row, column in np.argwhere(confusion > 0):
        colour = "white" if shares[row, column] > 0.55 else INK
        text = str(confusion[row, column])
        # Cells are a third of an inch wide: four digits fit at 6.5 points.
        axes.text(column, row, text, ha="center", va="center", fontsize=8 if len(text) < 4 else 6.5, color=colour)
    bare(axes, "top", "right", "bottom", "left")
    titled(axes, title)
    return figure


def reliability_plot(table: Sequence[ReliabilityBin], error: float, title: str) -> Figure:
    """Reliability diagram: accuracy against confidence for each bin, and below it how many photos a bin holds.

    On the diagonal the model is as often right as it says; bars below it are overconfident. `error` is the ECE, in
    [0, 1].
    """
    figure = new_figure(5.2, 6)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    lows, widths = [row.low for row in table], [row.high - row.low for row in table]
    upper.bar(lows, [row.accuracy for row in table], widths, align="edge", color=PALE, edgecolor="white")
    upper.plot([0, 1], [0, 1], color=INK, linestyle="--", linewidth=1, label="perfectly calibrated")
    points = [row.confidence for row in table], [row.accuracy for row in table]
    upper.plot(*points, color=ORANGE, marker="o", markersize=4, linewidth=1, label="mean confidence of the bin")
    upper.set(ylabel="accuracy", xlim=(0, 1), ylim=(0, 1))
    upper.legend(loc="upper left", fontsize=8, frameon=False)
    lower.bar(lows, [row.photos for row in table], widths, align="edge", color=GREY, edgecolor="white")
    lower.set(xlabel="confidence", ylabel="photos")
    lower.tick_params(colors=INK, labelsize=8, length=0)
    for axes in (upper, lower):
        bare(axes, "top", "right")
    titled(upper, f"{title}, ECE {error:.3f}")
    return figure


def f1_plot(scores: Mapping[str, BrandScores], title: str) -> Figure:
    """Bars of F1 for each brand, best on top, with the number of its photos."""
    ordered = sorted(scores.items(), key=lambda item: (item[1].f1, item[0]))
    figure = new_figure(6.4, 1.2 + 0.26 * len(ordered))
    axes = figure.add_subplot()
    positions = range(len(ordered))
    axes.barh(positions, [each.f1 for _, each in ordered], color=BLUE, height=0.7)
    axes.set_yticks(positions, [name for name, _ in ordered], parse_math=False)
    for position, (_, each) in enumerate(ordered):
        axes.text(each.f1 + 0.01, position, f"{each.f1:.2f}  ({each.photos})", va="center", fontsize=8, color=INK)
    axes.set(xlim=(0, 1.2), ylim=(-0.6, len(ordered) - 0.4), xlabel="F1 (number of photos)")
    axes.set_xticks(np.linspace(0, 1, 6))
    bare(axes, "top", "right")
    titled(axes, title)
    return figure


def map_plot(analysis: ViewAnalysis, title: str) -> Figure:
    """The map twice, side by side: coloured by brand, and by view (by source where no view is known).

    Where the same colours lie together, the vectors lie together by what the colours mean; each panel's title gives
    the agreement of neighbours beyond chance.
    """
    places, figure = analysis.map, new_figure(10, 6.6)
    left, right = figure.subplots(1, 2)
    _panel(left, places.points, places.brands, "brand", analysis.brand)
    if analysis.view is None:
        _panel(right, places.points, places.sources, "source", analysis.source)
    elif analysis.view_label == "view":
        _panel(right, places.points, places.views, "view", analysis.view)
    else:
        views = np.array([f"{_PLACE}{place}" if place != UNNAMED else UNNAMED for place in places.views])
        _panel(right, places.points, views, "place in the gallery", analysis.view)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, color=INK, parse_math=False)
    return figure


def _panel(
    axes: Axes, points: NDArray[np.float32], values: NDArray[np.str_], name: str, agreement: Interval | None
) -> None:
    """Points coloured by their values, the rarest and the unnamed as others, under a title with the agreement."""
    counts = Counter(value for value in values.tolist() if value != UNNAMED)
    named = sorted(value for value, _ in counts.most_common(_NAMED))
    if all(value.startswith(_PLACE) for value in named):
        named.sort(key=len)  # "photo 2" before "photo 10"
    looks = [(value, values == value, _COLOURS[n % len(_COLOURS)], _SHAPES[n % 3]) for n, value in enumerate(named)]
    rest = ~np.isin(values, named)
    labels, handles = [], []
    for value, chosen, colour, shape in [("others", rest, GREY, ".")] * bool(rest.any()) + looks:
        dots = points[chosen]
        handles.append(axes.scatter(dots[:, 0], dots[:, 1], s=16, color=colour, marker=shape, alpha=0.85, linewidths=0))
        # A name that begins with an underscore would be left out of the legend.
        labels.append(f"\u200b{value}" if value.startswith("_") else value)
    axes.set(xticks=[], yticks=[])
    bare(axes, "top", "right", "bottom", "left")
    legend = axes.legend(
        handles,
        labels,
        loc="upper left",
        bbox_to_anchor=(0, 0),
        ncols=max(1, min(4, 52 // (max(map(len, labels)) + 6))),
        fontsize=8,
        frameon=False,
        labelcolor=INK,
        handletextpad=0.2,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)  # dollar signs in a name make no formula
    value = 0.0 if agreement is None else round(agreement.value, 2) + 0.0  # no "-0.00"
    titled(axes, f"by {name}" if agreement is None else f"by {name}: neighbours agree {value:.2f} beyond chance")


def curve_plot(points: Sequence[CurvePoint], title: str) -> Figure:
    """Macro-F1 against the number of products learnt from, on a logarithmic axis: mean, and range over the draws.

    A line that still rises at its right end says that more products would help.
    """
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
