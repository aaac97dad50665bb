"""Is a model really worse than the best one? Paired differences on the same photos, with their intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, isnan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.bootstrap import Interval, Resampling, intervals_of_sums
from sneakers_ml.evaluation.metrics.classification import label_positions, macro_f1
from sneakers_ml.evaluation.metrics.results import BrandResult

__all__ = ["Comparison", "Comparisons", "best_by_validation", "best_of_each_extractor", "compare"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Figures of a model minus those of the reference, over the same photos; below 0 the model is the worse.

    `mcnemar` is the p-value of McNemar's exact test (McNemar 1947): the chance that photos on which only one of the
    two is right fall at least so unevenly when both are equally good. It takes photos for independent, which photos of
    one shoe model are not, so it is too sure; `differs` is what decides.
    """

    macro_f1: Interval
    accuracy: Interval
    mcnemar: float

    @property
    def differs(self) -> bool:
        """Whether 0 lies outside the interval of the difference in macro-F1."""
        return self.macro_f1.bounded and (self.macro_f1.low > 0 or self.macro_f1.high < 0)


class Comparisons(NamedTuple):
    """The reference and every other model beside it, by name."""

    reference: BrandResult
    others: dict[str, Comparison]


def best_by_validation(results: Iterable[BrandResult]) -> BrandResult:
    """The model of the highest macro-F1 on validation photos, so that test photos choose nothing; ties by name."""

    def rank(result: BrandResult) -> tuple[float, str]:
        return (inf if isnan(result.val_macro_f1) else -result.val_macro_f1, result.name)

    return min(results, key=rank)


def best_of_each_extractor(results: Iterable[BrandResult]) -> list[BrandResult]:
    """The best model by validation of each extractor, in the order in which the extractors first appear."""
    by_extractor: dict[str, list[BrandResult]] = {}
    for result in results:
        by_extractor.setdefault(result.extractor, []).append(result)
    return [best_by_validation(members) for members in by_extractor.values()]


def compare(results: Sequence[BrandResult], resampling: Resampling | None = None) -> Comparisons:
    """Each model against the best by validation, over photos of known brands.

    A resample of shoe models gives both models the same photos, so what makes those photos hard or easy cancels out of
    the difference (paired bootstrap; Efron and Tibshirani 1993, ch. 8): it is known better than either figure.

    Raises:
        DataError: when models answered different photos or know different brands.
    """
    reference = best_by_validation(results)
    others = [result for result in results if result is not reference]
    for result in others:
        _check_same_photos(result, reference)
    return Comparisons(reference, {result.name: _paired(result, reference, resampling) for result in others})


def _check_same_photos(result: BrandResult, reference: BrandResult) -> None:
    if not np.array_equal(result.photo_ids, reference.photo_ids):
        raise DataError(f"{result.name} and {reference.name} answered different photos; evaluate both on the same.")
    if set(result.labels) != set(reference.labels):
        raise DataError(f"{result.name} and {reference.name} know different brands; train both on the present split.")


def _counts(result: BrandResult, labels: Sequence[str]) -> Floats:
    """(n, 2c) what each photo of a known brand adds to the hits and to the predictions of each brand."""
    brands = np.eye(len(labels))
    truth = brands[label_positions(result.truth[result.known], labels)]
    predicted = brands[label_positions(result.predicted[result.known], labels)]
    return np.concatenate([truth * predicted, predicted], axis=1)


def _paired(result: BrandResult, reference: BrandResult, resampling: Resampling | None) -> Comparison:
    labels, known = reference.labels, reference.known
    size = len(labels)
    truth = np.eye(size)[label_positions(reference.truth[known], labels)]
    table = np.concatenate([truth, _counts(result, labels), _counts(reference, labels)], axis=1)

    def f1_difference(sums: Floats) -> Floats:
        total, hits, predicted, hits_there, predicted_there = np.split(sums, 5, axis=1)
        return macro_f1(hits, total, predicted) - macro_f1(hits_there, total, predicted_there)

    def accuracy_difference(sums: Floats) -> Floats:
        total, hits, _, hits_there, _ = np.split(sums, 5, axis=1)
        return np.asarray((hits.sum(axis=1) - hits_there.sum(axis=1)) / total.sum(axis=1))

    statistics = {"macro_f1": f1_difference, "accuracy": accuracy_difference}
    found = intervals_of_sums(table, reference.groups[known], statistics, resampling)
    return Comparison(found["macro_f1"], found["accuracy"], _mcnemar(result.correct[known], reference.correct[known]))


def _mcnemar(here: NDArray[np.bool_], there: NDArray[np.bool_]) -> float:
    only_here, only_there = int((here & ~there).sum()), int((~here & there).sum())
    discordant = only_here + only_there
    return float(binomtest(only_here, discordant).pvalue) if discordant else 1.0
