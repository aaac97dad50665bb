"""Figures of a brand classifier: accuracy, F1 per brand and averaged, confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import DataError

__all__ = [
    "BrandMetrics",
    "ClassificationMetrics",
    "classification_metrics",
    "confusion_matrix",
    "label_positions",
    "macro_f1",
]

Floats = NDArray[np.float64]


class BrandMetrics(TypedDict):
    """One brand: shares in [0, 1], `support` is its number of photos in the truth."""

    precision: float
    recall: float
    f1: float
    support: int


class ClassificationMetrics(TypedDict):
    """What `classification_metrics` answers; `confusion` is (c, c) counts, row = truth, column = prediction."""

    photos: int
    accuracy: float
    macro_f1: float
    macro_f1_union: float
    per_brand: dict[str, BrandMetrics]
    confusion: NDArray[np.int64]
    labels: tuple[str, ...]


def label_positions(values: Sequence[str] | NDArray[np.str_], labels: Sequence[str]) -> NDArray[np.int64]:
    """Position of each value in `labels`, shape (n,).

    Raises DataError when `labels` repeats a brand or a value is not among them.
    """
    positions = {str(label): position for position, label in enumerate(labels)}
    if len(positions) != len(labels):
        raise DataError(f"The brand labels {list(labels)} repeat a brand; give each brand once.")
    try:
        return np.fromiter((positions[str(value)] for value in values), dtype=np.int64, count=len(values))
    except KeyError as error:
        raise DataError(
            f"Brand {error.args[0]!r} is not among the {len(labels)} brand labels; use the labels of the model."
        ) from None


def confusion_matrix(
    truth: Sequence[str] | NDArray[np.str_], predicted: Sequence[str] | NDArray[np.str_], labels: Sequence[str]
) -> NDArray[np.int64]:
    """Counts of shape (c, c) in the order of `labels`; row = brand in truth, column = brand predicted."""
    if len(truth) != len(predicted):
        raise DataError(f"There are {len(truth)} true and {len(predicted)} predicted brands; give one each per photo.")
    size = len(labels)
    cells = label_positions(truth, labels) * size + label_positions(predicted, labels)
    return np.bincount(cells, minlength=size * size).reshape(size, size).astype(np.int64)


def macro_f1(hits: Floats, truth: Floats, predicted: Floats, *, union: bool = False) -> Floats:
    """Mean F1 over brands from counts of shape (..., c); answers shape (...).

    F1 of a brand is 2·hits / (truth + predicted). The mean goes over the brands with photos in the truth: where a
    source holds 3 of 13 brands, a prediction of one of the other 10 is a miss of the true brand, and the 10 are not
    averaged in as zeros. `union=True` averages over the brands that occur in truth or prediction, as scikit-learn's
    `f1_score(average="macro")` does. Both agree where every predicted brand occurs in the truth. NaN without any
    photo.
    """
    total = truth + predicted
    scores = np.divide(2 * hits, total, out=np.zeros_like(total, dtype=np.float64), where=total > 0)
    counted = total > 0 if union else truth > 0
    brands = counted.sum(axis=-1)
    sums = np.where(counted, scores, 0.0).sum(axis=-1)
    mean: Floats = np.divide(sums, brands, out=np.full(sums.shape, np.nan), where=brands > 0)
    return mean


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _per_brand(confusion: NDArray[np.int64], labels: Sequence[str]) -> dict[str, BrandMetrics]:
    scores: dict[str, BrandMetrics] = {}
    for position, label in enumerate(labels):
        hits = int(confusion[position, position])
        support, predicted = int(confusion[position].sum()), int(confusion[:, position].sum())
        scores[str(label)] = BrandMetrics(
            precision=_share(hits, predicted),
            recall=_share(hits, support),
            f1=_share(2 * hits, support + predicted),
            support=support,
        )
    return scores


def classification_metrics(
    truth: Sequence[str] | NDArray[np.str_], predicted: Sequence[str] | NDArray[np.str_], labels: Sequence[str]
) -> ClassificationMetrics:
    """Accuracy, macro-F1, the figures of each brand and the confusion matrix of n photos.

    `macro_f1` is the mean F1 over the brands **present in the truth**. A test source that holds 3 of 13 brands is
    averaged over those 3; photos that were given one of the other 10 brands count as misses (they lower recall), and
    the other 10 add no zeros to the mean. `macro_f1_union` is scikit-learn's default: the mean over brands in truth
    or prediction. A share whose denominator is 0 (precision of a brand that was never predicted) is 0.

    `labels` are the c brands of the model in the order of the confusion matrix. Raises DataError for no photos, lengths
    that differ, or a brand outside `labels`.
    """
    if not len(truth):
        raise DataError("There are no photos to evaluate; check that the test split holds photos of the known brands.")
    confusion = confusion_matrix(truth, predicted, labels)
    counts = confusion.astype(np.float64)
    hits, true_counts, predicted_counts = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    return ClassificationMetrics(
        photos=len(truth),
        accuracy=float(hits.sum() / len(truth)),
        macro_f1=float(macro_f1(hits, true_counts, predicted_counts)),
        macro_f1_union=float(macro_f1(hits, true_counts, predicted_counts, union=True)),
        per_brand=_per_brand(confusion, labels),
        confusion=confusion,
        labels=tuple(str(label) for label in labels),
    )
