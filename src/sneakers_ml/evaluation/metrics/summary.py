"""The figures of one result, over all photos and over each source, with their intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.evaluation.metrics.bootstrap import (
    Interval,
    Resampling,
    intervals_of_sums,
    intervals_of_weights,
    mean_intervals,
)
from sneakers_ml.evaluation.metrics.classification import (
    accuracy,
    brand_counts,
    expected_calibration_error,
    macro_f1,
    weighted_auroc,
)
from sneakers_ml.evaluation.metrics.results import BrandResult, RetrievalResult

__all__ = ["Slices", "Summary", "summarise_brands", "summarise_retrieval"]

Mask = NDArray[np.bool_]


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


def _slices(sources: NDArray[np.str_], summarise: Callable[[Mask], Summary]) -> Slices:
    everything = np.ones(len(sources), dtype=np.bool_)
    by_source = {str(source): summarise(sources == source) for source in np.unique(sources)}
    return Slices(summarise(everything), by_source)


def summarise_brands(result: BrandResult, resampling: Resampling) -> Slices:
    """Accuracy, macro-F1 over the brands in the truth, ECE (no interval) and AUROC of known against unknown brands.

    Accuracy, macro-F1 and ECE are over photos of known brands; `known_auroc` needs photos of both kinds in the slice.
    Intervals resample shoe models.
    """

    def summarise(chosen: Mask) -> Summary:
        known, unknown = chosen & result.known, chosen & ~result.known
        counts = {
            "photos": int(known.sum()),
            "models": len(np.unique(result.groups[known])),
            "brands": len(np.unique(result.truth[known])),
            "unknown_photos": int(unknown.sum()),
        }
        figures: dict[str, Interval] = {}
        if known.any():
            table = brand_counts(result.truth[known], result.predicted[known], result.labels)
            statistics = {"accuracy": accuracy, "macro_f1": macro_f1}
            figures |= intervals_of_sums(table, result.groups[known], statistics, resampling)
            # No interval: resampling repeats photos, which inflates the ECE of every resample above that of the data.
            figures["ece"] = Interval(expected_calibration_error(result.confidence[known], result.correct[known]))
        if known.any() and unknown.any():
            scores, positive = result.confidence[chosen], result.known[chosen]
            auroc = {"known_auroc": lambda weights: weighted_auroc(scores, positive, weights)}
            figures |= intervals_of_weights(result.groups[chosen], auroc, resampling)
        return Summary(counts, figures)

    return _slices(result.sources, summarise)


def summarise_retrieval(result: RetrievalResult, resampling: Resampling) -> Slices:
    """Recall@k, mAP, MAP@R and R-precision over the queries with a relevant photo; intervals resample shoe models."""
    metrics = result.metrics
    columns = {f"recall_at_{k}": metrics.hits[:, column] for column, k in enumerate(metrics.ks)}
    columns |= {"map": metrics.average_precision, "map_at_r": metrics.map_at_r, "r_precision": metrics.r_precision}

    def summarise(chosen: Mask) -> Summary:
        inside = chosen[metrics.evaluated]
        groups = result.groups[metrics.evaluated][inside]
        counts = {
            "queries": int(inside.sum()),
            "models": len(np.unique(groups)),
            "left_out": int((chosen & ~metrics.evaluated).sum()),
        }
        if not inside.any():
            return Summary(counts, {})
        chosen_columns = {name: values[inside] for name, values in columns.items()}
        return Summary(counts, mean_intervals(chosen_columns, groups, resampling))

    return _slices(result.sources, summarise)
