"""Classical classifiers on vectors, tuned by cross-validation that keeps each model's photos together."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from sneakers_ml.errors import UsageError
from sneakers_ml.params import TrainParams
from sneakers_ml.progress import Report, silent

__all__ = ["CLASSIFIERS", "TrainingSet", "Tuned", "fit_classifier"]

Folds = list[tuple[NDArray[np.int64], NDArray[np.int64]]]


@dataclass(frozen=True)
class TrainingSet:
    """Vectors (n, d) float32, their brands and the groups that may not be torn apart, each of length n."""

    vectors: NDArray[np.float32]
    brands: NDArray[np.str_]
    groups: NDArray[np.int64]


@dataclass(frozen=True)
class Tuned:
    """A fitted pipeline with `predict_proba`, the settings chosen and their cross-validated macro-F1.

    The score is of the machine's votes, which are quick; what is served and measured elsewhere is the brand of highest
    probability, so compare the score among candidates only.
    """

    pipeline: Pipeline
    choice: dict[str, Any]
    score: float


def _fit_svm(data: TrainingSet, params: TrainParams, report: Report) -> Tuned:
    """SVM (Cortes and Vapnik, 1995) on standardised vectors reduced by PCA.

    Probabilities come from pairwise coupling (Wu, Lin and Weng, JMLR 2004), built into libsvm: one-vs-rest Platt
    scaling of the same machine lost 3 to 7 points of macro-F1 on real photos and told unknown brands worse.
    """
    folds = _folds(data, params)
    components = min(params.svm.components, data.vectors.shape[1], *(len(train) for train, _ in folds))
    grid = [{"kernel": "linear", "C": C} for C in params.svm.linear_C]
    grid += [{"kernel": "rbf", "C": C} for C in params.svm.rbf_C]
    reduction = Pipeline([("scale", StandardScaler()), ("pca", PCA(components, random_state=params.seed))])
    scores = _cross_validate(data, folds, reduction, [_machine(choice) for choice in grid], report)
    best = _simplest_of_the_best([choice["kernel"] == "linear" for choice in grid], scores)
    machine = _machine(grid[best]).set_params(probability=True, random_state=params.seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # scikit-learn drops `probability` in 1.11; the lock stays below
        pipeline = Pipeline([*reduction.steps, ("svc", machine)]).fit(data.vectors, data.brands)
    return Tuned(pipeline, {**grid[best], "components": components}, float(scores[best].mean()))


def _machine(choice: dict[str, Any]) -> SVC:
    return SVC(**choice, class_weight="balanced", cache_size=500)


def _cross_validate(
    data: TrainingSet, folds: Folds, reduction: Pipeline, machines: Sequence[SVC], report: Report
) -> NDArray[np.float64]:
    """(machines, folds) macro-F1; the reduction is fitted once a fold, not once a machine."""
    scores = np.empty((len(machines), len(folds)))
    for fold, (train, held_out) in enumerate(folds):
        seen = reduction.fit_transform(data.vectors[train])
        unseen = reduction.transform(data.vectors[held_out])
        for row, machine in enumerate(machines):
            predicted = machine.fit(seen, data.brands[train]).predict(unseen)
            scores[row, fold] = f1_score(data.brands[held_out], predicted, average="macro")
            report(fold * len(machines) + row + 1, scores.size)
    return scores


def _folds(data: TrainingSet, params: TrainParams) -> Folds:
    splitter = StratifiedGroupKFold(params.folds, shuffle=True, random_state=params.seed)
    return list(splitter.split(data.vectors, data.brands, data.groups))


def _simplest_of_the_best(linear: Sequence[bool], scores: NDArray[np.float64]) -> int:
    """The best linear machine when it is within one standard error of the best of all, else the best of all.

    The one-standard-error rule (Hastie, Tibshirani and Friedman, 2009, section 7.10): in a shop that the machine has
    never seen, the plainer boundary holds better.

    Args:
        linear: which of the c candidates are linear.
        scores: (c, folds).
    """
    means = scores.mean(axis=1)
    best = int(np.argmax(means))
    error = scores[best].std(ddof=1) / np.sqrt(scores.shape[1])
    plain = int(np.argmax(np.where(linear, means, -np.inf)))
    return plain if means[plain] >= means[best] - error else best


CLASSIFIERS: dict[str, Callable[[TrainingSet, TrainParams, Report], Tuned]] = {"svm": _fit_svm}
"""Name of a classifier -> how it is tuned and fitted; to add one, add a line here."""


def fit_classifier(name: str, data: TrainingSet, params: TrainParams, report: Report = silent) -> Tuned:
    """Tune and fit; `report` hears of each candidate tried in each fold.

    Raises:
        UsageError: when no classifier has that name.
    """
    if name not in CLASSIFIERS:
        raise UsageError(f"there is no classifier {name!r}; choose from {', '.join(sorted(CLASSIFIERS))}")
    with threadpool_limits(limits=1, user_api="blas"):  # sums in one order, so that any number of cores gives one model
        return CLASSIFIERS[name](data, params, report)
