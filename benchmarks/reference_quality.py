"""Macro-F1 and accuracy of two sets of answers on the same photos, and their difference, with intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.common import shown
from sneakers_ml.evaluation.metrics.bootstrap import Interval, Resampling, intervals_of_sums
from sneakers_ml.evaluation.metrics.classification import label_positions, macro_f1

__all__ = ["Answers", "Duel", "duel"]

Floats = NDArray[np.float64]
_Figure = Callable[[Floats, Floats, Floats], Floats]


@dataclass(frozen=True)
class Answers:
    """Photos of a test set: their brands (n,), the models that are resampled (n,), and what two classifiers said."""

    truth: NDArray[np.str_]
    groups: NDArray[np.str_]
    earlier: NDArray[np.str_]
    ours: NDArray[np.str_]


@dataclass(frozen=True)
class Duel:
    """One figure of both, and ours less theirs; the difference is taken within each resample."""

    earlier: Interval
    ours: Interval
    difference: Interval

    @property
    def cells(self) -> tuple[str, str, str]:
        """For a table."""
        gap = self.difference
        bounds = f" [{gap.low:+.3f}, {gap.high:+.3f}]" if gap.bounded else ""
        return shown(self.earlier), shown(self.ours), f"{gap.value:+.3f}{bounds}"


def duel(answers: Answers, resampling: Resampling) -> dict[str, Duel]:
    """`macro_f1` (mean over the brands in the truth) and `accuracy` of both."""
    labels = np.unique(np.concatenate([answers.truth, answers.earlier, answers.ours])).tolist()
    truth, earlier, ours = (
        np.eye(len(labels))[label_positions(brands, labels)]
        for brands in (answers.truth, answers.earlier, answers.ours)
    )
    table = np.concatenate([truth, truth * earlier, earlier, truth * ours, ours], axis=1)
    statistics = {f"{name} {side}": _statistic(figure, side) for name, figure in _FIGURES.items() for side in _SIDES}
    found = intervals_of_sums(table, answers.groups, statistics, resampling)
    return {name: Duel(*(found[f"{name} {side}"] for side in _SIDES)) for name in _FIGURES}


def _statistic(figure: _Figure, side: str) -> Callable[[Floats], Floats]:
    """A figure from sums (b, 5c): truth, hits and answers of the earlier, hits and answers of ours."""

    def value(sums: Floats) -> Floats:
        truth, hits, answers, our_hits, our_answers = np.split(sums, 5, axis=1)
        earlier, ours = figure(hits, truth, answers), figure(our_hits, truth, our_answers)
        return np.asarray({"earlier": earlier, "ours": ours, "difference": ours - earlier}[side])

    return value


def _accuracy(hits: Floats, truth: Floats, _answers: Floats) -> Floats:
    return np.asarray(hits.sum(axis=1) / truth.sum(axis=1))


_SIDES = ("earlier", "ours", "difference")
_FIGURES: dict[str, _Figure] = {"macro_f1": macro_f1, "accuracy": _accuracy}
