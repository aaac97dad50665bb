"""Cross-validation that keeps each model's photos together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin, clone
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold

from sneakers_ml.classifiers.classifier import TrainingSet
from sneakers_ml.classifiers.reduction import Reduce
from sneakers_ml.parallel import ordered_map
from sneakers_ml.progress import OnProgress
from sneakers_ml.workspace.params import TrainParams

__all__ = ["Folds", "cross_validate", "grouped_folds", "preferred_within_one_error", "workers_within"]

Folds = list[tuple[NDArray[np.int64], NDArray[np.int64]]]

_COPIES = 4
"""A fold's vectors live as taken, centred, centred again in PCA and as what it makes of them."""


def grouped_folds(data: TrainingSet, params: TrainParams) -> Folds:
    """Pairs of places to train on and places held out; a group is never on both sides."""
    splitter = StratifiedGroupKFold(params.folds, shuffle=True, random_state=params.seed)
    return list(splitter.split(data.vectors, data.brands, data.groups))


def cross_validate(
    data: TrainingSet,
    folds: Folds,
    reduce: Reduce,
    candidates: Sequence[ClassifierMixin],
    params: TrainParams,
    on_progress: OnProgress,
) -> NDArray[np.float64]:
    """(candidates, folds) macro-F1; the reduction is fitted once a fold, not once a candidate.

    The reductions run `params.workers` at a time, fewer where that many folds need more than `params.memory_mb`; the
    candidates, on the small vectors that come out, `params.workers` at a time. The scores don't depend on either.
    """
    largest = max(len(train) for train, _ in folds)
    reducers = workers_within(params, largest * data.vectors.shape[1] * 4 * _COPIES)

    def reduced(fold: tuple[NDArray[np.int64], NDArray[np.int64]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        reduction, seen = reduce(data.vectors[fold[0]])
        return seen, reduction.transform(data.vectors[fold[1]])

    parts = list(ordered_map(reduced, folds, workers=reducers))

    def score(place: tuple[int, int]) -> float:
        (train, held_out), (seen, unseen) = folds[place[0]], parts[place[0]]
        fitted = clone(candidates[place[1]]).fit(seen, data.brands[train])
        return float(f1_score(data.brands[held_out], fitted.predict(unseen), average="macro"))

    places = [(fold, row) for fold in range(len(folds)) for row in range(len(candidates))]
    scores = np.empty((len(candidates), len(folds)))
    for done, result in enumerate(ordered_map(score, places, workers=params.workers)):
        fold, row = places[done]
        scores[row, fold] = result
        on_progress(done + 1, scores.size)
    return scores


def workers_within(params: TrainParams, bytes_each: int) -> int:
    """`params.workers`, or as many as fit into `params.memory_mb`, and at least one."""
    return max(1, min(params.workers, params.memory_mb * 2**20 // bytes_each))


def preferred_within_one_error(preferred: Sequence[bool], scores: NDArray[np.float64]) -> int:
    """The best of the preferred when it is within one standard error of the best of all, else the best of all.

    The one-standard-error rule (Hastie, Tibshirani and Friedman, 2009, section 7.10): in a shop that was never
    seen, the plainer boundary holds better.

    Args:
        preferred: which of the c candidates are the plainer ones.
        scores: (c, folds).
    """
    means = scores.mean(axis=1)
    best = int(np.argmax(means))
    error = scores[best].std(ddof=1) / np.sqrt(scores.shape[1])
    plain = int(np.argmax(np.where(preferred, means, -np.inf)))
    return plain if means[plain] >= means[best] - error else best
