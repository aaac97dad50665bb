"""Figures of a brand classifier: F1 and accuracy in the form that the bootstrap needs, calibration, AUROC."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.calibration import calibration_curve
from sklearn.metrics import precision_recall_fscore_support

from sneakers_ml.errors import DataError

__all__ = [
    "BrandScores",
    "ReliabilityBin",
    "accuracy",
    "brand_counts",
    "brand_scores",
    "expected_calibration_error",
    "macro_f1",
    "reliability_table",
    "weighted_auroc",
]

Floats = NDArray[np.float64]
Strings = Sequence[str] | NDArray[np.str_]


def brand_counts(truth: Strings, predicted: Strings, labels: Sequence[str]) -> Floats:
    """What each of n photos adds to the hits, the truth and the predictions of each of c brands: (n, 3c), 0 or 1.

    Every figure below follows from sums over photos of these columns, so a resample costs one matrix product.

    Raises:
        DataError: when `labels` repeats a brand, or a photo shows or is given a brand that is not among them.
    """
    if len(set(labels)) != len(labels):
        raise DataError(f"The brand labels {list(labels)} repeat a brand; give each brand once.")
    if len(truth) != len(predicted):
        raise DataError(f"There are {len(truth)} true and {len(predicted)} predicted brands; give one each per photo.")
    shown, given = (
        np.asarray(brands, np.str_)[:, None] == np.asarray(labels, np.str_) for brands in (truth, predicted)
    )
    if strange := sorted({*np.asarray(truth)[~shown.any(axis=1)], *np.asarray(predicted)[~given.any(axis=1)]}):
        raise DataError(
            f"Brand {str(strange[0])!r} is not among the {len(labels)} brand labels; use the labels of the model."
        )
    return np.concatenate([shown & given, shown, given], axis=1).astype(np.float64)


def macro_f1(counts: Floats) -> Floats:
    """Mean F1 over brands of sums of `brand_counts` (..., 3c): shape (...); NaN without any photo.

    F1 of a brand is 2·hits / (truth + predicted). The mean goes over the brands with photos in the truth: where a
    source holds 3 of 13 brands, a prediction of one of the other 10 is a miss of the true brand, and the 10 are not
    averaged in as zeros. scikit-learn's `f1_score` gives the same with `labels` set to the brands in the truth.
    """
    hits, truth, predicted = np.split(counts, 3, axis=-1)
    present = truth > 0
    scores = np.divide(2 * hits, truth + predicted, out=np.zeros_like(hits), where=present)
    brands = present.sum(axis=-1)
    return np.asarray(np.divide(scores.sum(axis=-1), brands, out=np.full(brands.shape, np.nan), where=brands > 0))


def accuracy(counts: Floats) -> Floats:
    """Share of the photos that got their brand, of sums of `brand_counts` (..., 3c): shape (...)."""
    hits, truth, _ = np.split(counts, 3, axis=-1)
    return np.asarray(hits.sum(axis=-1) / truth.sum(axis=-1))


class BrandScores(NamedTuple):
    """Shares in [0, 1] of one brand, and its number of photos in the truth."""

    precision: float
    recall: float
    f1: float
    photos: int


def brand_scores(truth: Strings, predicted: Strings) -> dict[str, BrandScores]:
    """The scores of each brand in the truth; the precision of a brand that was never predicted is 0."""
    brands = np.unique(truth)
    columns = precision_recall_fscore_support(truth, predicted, labels=brands, zero_division=0)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return {str(brand): BrandScores(*row) for brand, row in zip(brands, rows, strict=True)}


class ReliabilityBin(NamedTuple):
    """Photos whose confidence lies in (low, high]: how many, their mean confidence and their accuracy."""

    low: float
    high: float
    photos: int
    confidence: float
    accuracy: float


def reliability_table(confidence: Floats, correct: NDArray[np.bool_], bins: int = 15) -> list[ReliabilityBin]:
    """Bins of equal width that hold photos, by rising confidence.

    After Guo et al. 2017, "On Calibration of Modern Neural Networks", section 2.

    Args:
        confidence: (n,) probability of the predicted brand, in [0, 1].
        correct: (n,) whether it was right.
        bins: number of bins in [0, 1]; an edge belongs to the bin below it.
    """
    edges = np.linspace(0, 1, bins + 1)
    accuracies, confidences = calibration_curve(correct, confidence, n_bins=bins, pos_label=True)
    counts = np.bincount(np.searchsorted(edges[1:-1], confidence), minlength=bins)  # as calibration_curve cuts
    held = np.flatnonzero(counts)
    columns = (edges[held], edges[held + 1], counts[held], confidences, accuracies)
    return [ReliabilityBin(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def expected_calibration_error(confidence: Floats, correct: NDArray[np.bool_], bins: int = 15) -> float:
    """Distance of confidence and accuracy, averaged over photos by bin, in [0, 1] (Guo et al. 2017, eq. 3)."""
    table = reliability_table(confidence, correct, bins)
    return sum(row.photos * abs(row.accuracy - row.confidence) for row in table) / len(correct)


def weighted_auroc(scores: NDArray[np.floating], positive: NDArray[np.bool_], weights: Floats) -> Floats:
    """Area under the ROC curve for each of b weightings of n photos; ties count half.

    scikit-learn's `roc_auc_score` for many `sample_weight` at once. The area is the chance that a positive scores
    higher than a negative (Hanley and McNeil 1982).

    Args:
        scores: (n,)
        positive: (n,) whether the photo is one of those that should score higher.
        weights: (b, n), 0 or more.

    Returns:
        (b,), NaN where one side weighs nothing.
    """
    order = np.argsort(scores, kind="stable")
    ranked, is_positive = np.asarray(scores)[order], np.asarray(positive)[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    ordered = weights[:, order]
    up = np.add.reduceat(np.where(is_positive, ordered, 0.0), starts, axis=1)
    down = np.add.reduceat(np.where(is_positive, 0.0, ordered), starts, axis=1)
    wins = (up * (np.cumsum(down, axis=1) - down / 2)).sum(axis=1)
    pairs = up.sum(axis=1) * down.sum(axis=1)
    return np.asarray(np.divide(wins, pairs, out=np.full(pairs.shape, np.nan), where=pairs > 0))
