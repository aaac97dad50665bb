"""Is a model really worse than the best one? Paired differences on the same photos, with their intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, isnan

import numpy as np
from scipy.stats import binomtest

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.bootstrap import Interval, Resampling, intervals_of_sums
from sneakers_ml.evaluation.metrics.classification import brand_counts, macro_f1
from sneakers_ml.evaluation.metrics.results import BrandResult

__all__ = ["Comparison", "best_by_validation", "compare"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A model's macro-F1 minus that of the reference, over the same photos; below 0 the model is the worse.

    `mcnemar` is the p-value of McNemar's exact test (McNemar 1947): the chance that photos on which only one of the
    two is right fall at least so unevenly when both are equally good. It takes photos for independent, which photos of
    one shoe model are not, so it is too sure; `differs` is what decides.
    """

    macro_f1: Interval
    mcnemar: float

    @property
    def differs(self) -> bool:
        """Whether 0 lies outside the interval of the difference."""
        return self.macro_f1.bounded and (self.macro_f1.low > 0 or self.macro_f1.high < 0)


def best_by_validation(results: Iterable[BrandResult]) -> BrandResult:
    """The model of the highest macro-F1 on validation photos, so that test photos choose nothing; ties by name."""
    return min(results, key=lambda each: (inf if isnan(each.val_macro_f1) else -each.val_macro_f1, each.name))


def compare(results: Sequence[BrandResult], resampling: Resampling) -> dict[str, Comparison]:
    """Each model but the best by validation against that one, by name, over photos of known brands.

    A resample of shoe models gives both models the same photos, so what makes those photos hard or easy cancels out of
    the difference (paired bootstrap; Efron and Tibshirani 1993, ch. 8): it is known better than either figure.

    Raises:
        DataError: when models were given different photos or know different brands.
    """
    reference = best_by_validation(results)
    others = [result for result in results if result is not reference]
    for result in others:
        if not np.array_equal(result.photo_ids, reference.photo_ids):
            raise DataError(f"{result.name} and {reference.name} answered different photos; evaluate both on the same.")
        if set(result.labels) != set(reference.labels):
            raise DataError(f"{result.name} and {reference.name} know different brands; train both on the same split.")
    return {result.name: _paired(result, reference, resampling) for result in others}


def _paired(result: BrandResult, reference: BrandResult, resampling: Resampling) -> Comparison:
    known, labels = reference.known, reference.labels
    truth, width = reference.truth[known], 3 * len(labels)
    table = np.hstack([brand_counts(truth, each.predicted[known], labels) for each in (result, reference)])
    statistics = {"macro_f1": lambda sums: macro_f1(sums[:, :width]) - macro_f1(sums[:, width:])}
    found = intervals_of_sums(table, reference.groups[known], statistics, resampling)
    only_here, only_there = (result.correct & ~reference.correct)[known], (~result.correct & reference.correct)[known]
    discordant = int(only_here.sum() + only_there.sum())
    mcnemar = float(binomtest(int(only_here.sum()), discordant).pvalue) if discordant else 1.0
    return Comparison(found["macro_f1"], mcnemar)
