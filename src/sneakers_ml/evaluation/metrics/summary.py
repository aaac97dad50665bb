"""The figures of one result, over all photos and over each source, with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.evaluation.metrics.bootstrap import (
    Interval,
    Resampling,
    intervals_of_sums,
    intervals_of_weights,
)
from sneakers_ml.evaluation.metrics.classification import label_positions, macro_f1
from sneakers_ml.evaluation.metrics.confidence import expected_calibration_error, weighted_auroc
from sneakers_ml.evaluation.metrics.results import BrandResult, RetrievalRun

__all__ = ["Slices", "Summary", "summarise_brands", "summarise_retrieval"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts (photos, models, …) and figures of one slice; a figure that the slice cannot give is absent."""

    counts: dict[str, int]
    figures: dict[str, Interval]


@dataclass(frozen=True, slots=True)
class Slices:
    """One result over all photos and over each source, by name."""

    all: Summary
    by_source: dict[str, Summary]


def _brand_intervals(result: BrandResult, chosen: NDArray[np.bool_], resampling: Resampling) -> dict[str, Interval]:
    """Accuracy and macro-F1: both follow from hits, true and predicted counts of each brand, sums over photos."""
    size = len(result.labels)
    brands = np.eye(size)
    truth = brands[label_positions(result.truth[chosen], result.labels)]
    predicted = brands[label_positions(result.predicted[chosen], result.labels)]
    table = np.concatenate([truth * predicted, truth, predicted], axis=1)

    def accuracy(sums: Floats) -> Floats:
        return np.asarray(sums[:, :size].sum(axis=1) / sums[:, size : 2 * size].sum(axis=1))

    def averaged(sums: Floats) -> Floats:
        return macro_f1(sums[:, :size], sums[:, size : 2 * size], sums[:, 2 * size :])

    statistics = {"accuracy": accuracy, "macro_f1": averaged}
    return intervals_of_sums(table, result.groups[chosen], statistics, resampling)


def _summarise_brands(result: BrandResult, chosen: NDArray[np.bool_], resampling: Resampling) -> Summary:
    known, unknown = chosen & result.known, chosen & ~result.known
    counts = {
        "photos": int(known.sum()),
        "models": len(np.unique(result.groups[known])),
        "brands": len(np.unique(result.truth[known])),
        "unknown_photos": int(unknown.sum()),
    }
    figures: dict[str, Interval] = {}
    if known.any():
        figures |= _brand_intervals(result, known, resampling)
        # No interval: resampling repeats photos, which inflates the ECE of every resample above that of the data.
        figures["ece"] = Interval(expected_calibration_error(result.confidence[known], result.correct[known]))
    if known.any() and unknown.any():
        scores, positive = result.known_score[chosen], result.known[chosen]
        statistics = {"known_auroc": lambda weights: weighted_auroc(scores, positive, weights)}
        figures |= intervals_of_weights(result.groups[chosen], statistics, resampling)
    return Summary(counts, figures)


def _masks(sources: NDArray[np.str_]) -> Iterable[tuple[str, NDArray[np.bool_]]]:
    return ((str(source), sources == source) for source in np.unique(sources))


def summarise_brands(result: BrandResult, resampling: Resampling | None = None) -> Slices:
    """Accuracy, macro-F1 over the brands in the truth, ECE (no interval) and AUROC of known against unknown brands.

    Accuracy, macro-F1 and ECE are over photos of known brands; `known_auroc` needs photos of both kinds in the slice.
    Intervals resample shoe models.
    """
    how = resampling or Resampling()
    everything = np.ones(len(result.truth), dtype=np.bool_)
    by_source = {source: _summarise_brands(result, mask, how) for source, mask in _masks(result.sources)}
    return Slices(_summarise_brands(result, everything, how), by_source)


def _summarise_retrieval(run: RetrievalRun, chosen: NDArray[np.bool_], resampling: Resampling) -> Summary:
    result = run.result
    inside = chosen[result.evaluated]
    groups = run.groups[result.evaluated][inside]
    counts = {
        "queries": int(inside.sum()),
        "models": len(np.unique(groups)),
        "left_out": int((chosen & ~result.evaluated).sum()),
    }
    if not inside.any():
        return Summary(counts, {})
    columns = {f"recall_at_{k}": result.hits[:, column] for column, k in enumerate(result.ks)}
    columns |= {"map": result.average_precision, "map_at_r": result.map_at_r, "r_precision": result.r_precision}
    table = np.column_stack([*(values[inside] for values in columns.values()), np.ones(len(groups))])
    statistics = {name: _mean_of(column) for column, name in enumerate(columns)}
    return Summary(counts, intervals_of_sums(table, groups, statistics, resampling))


def _mean_of(column: int) -> Callable[[Floats], Floats]:
    """Mean of a column from the sums of a table whose last column holds ones."""
    return lambda sums: np.asarray(sums[:, column] / sums[:, -1])


def summarise_retrieval(run: RetrievalRun, resampling: Resampling | None = None) -> Slices:
    """Recall@k, mAP, MAP@R and R-precision over the queries with a relevant photo; intervals resample shoe models."""
    how = resampling or Resampling()
    everything = np.ones(len(run.sources), dtype=np.bool_)
    by_source = {source: _summarise_retrieval(run, mask, how) for source, mask in _masks(run.sources)}
    return Slices(_summarise_retrieval(run, everything, how), by_source)
