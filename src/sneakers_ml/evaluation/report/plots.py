"""Plots of a brand model: confusion matrix, reliability diagram, F1 of each brand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sneakers_ml.charts import BLUE, GREY, INK, ORANGE, PALE, bare, new_figure, titled
from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.classification import BrandMetrics
from sneakers_ml.evaluation.metrics.confidence import ReliabilityBin

__all__ = ["confusion_plot", "f1_plot", "reliability_plot"]


def confusion_plot(confusion: NDArray[np.int64], labels: Sequence[str], title: str) -> Figure:
    """Confusion matrix (c, c) of counts: row = truth, shade = share of the row's photos, figure in a cell = photos.

    Rows without photos stay white. The figure grows with c, so that 31 brands can be read. Raises DataError when the
    matrix does not fit the labels.
    """
    size = len(labels)
    if confusion.shape != (size, size) or not size:
        raise DataError(f"A confusion matrix {confusion.shape} does not fit {size} brand labels.")
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
    _write_counts(axes, confusion, shares)
    bare(axes, "top", "right", "bottom", "left")
    titled(axes, title)
    return figure


def _write_counts(axes: Axes, confusion: NDArray[np.int64], shares: NDArray[np.float64]) -> None:
    for row, column in np.argwhere(confusion > 0):
        colour = "white" if shares[row, column] > 0.55 else INK
        text = str(confusion[row, column])
        # Cells are a third of an inch wide: four digits fit at 6.5 points.
        axes.text(column, row, text, ha="center", va="center", fontsize=8 if len(text) < 4 else 6.5, color=colour)


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
    lower.bar(lows, [row.count for row in table], widths, align="edge", color=GREY, edgecolor="white")
    lower.set(xlabel="confidence", ylabel="photos")
    lower.tick_params(colors=INK, labelsize=8, length=0)
    for axes in (upper, lower):
        bare(axes, "top", "right")
    titled(upper, f"{title}, ECE {error:.3f}")
    return figure


def f1_plot(per_brand: Mapping[str, BrandMetrics], title: str) -> Figure:
    """Bars of F1 for each brand with photos in the truth, best on top, with the number of its photos.

    Raises DataError when no brand has a photo.
    """
    shown = sorted(
        ((name, scores) for name, scores in per_brand.items() if scores["support"]),
        key=lambda item: (item[1]["f1"], item[0]),
    )
    if not shown:
        raise DataError("No brand has a photo in the truth, so there is no F1 to plot.")
    figure = new_figure(6.4, 1.2 + 0.26 * len(shown))
    axes = figure.add_subplot()
    positions = range(len(shown))
    axes.barh(positions, [scores["f1"] for _, scores in shown], color=BLUE, height=0.7)
    axes.set_yticks(positions, [name for name, _ in shown], parse_math=False)
    for position, (_, scores) in zip(positions, shown, strict=True):
        note = f"{scores['f1']:.2f}  ({scores['support']})"
        axes.text(scores["f1"] + 0.01, position, note, va="center", fontsize=8, color=INK)
    axes.set(xlim=(0, 1.2), ylim=(-0.6, len(shown) - 0.4), xlabel="F1 (number of photos)")
    axes.set_xticks(np.linspace(0, 1, 6))
    bare(axes, "top", "right")
    titled(axes, title)
    return figure
