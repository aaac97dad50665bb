"""Classical classifiers on vectors, tuned by cross-validation that keeps each model's photos together."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sneakers_ml.errors import UsageError
from sneakers_ml.params import TrainParams

__all__ = ["CLASSIFIERS", "TrainingSet", "Tuned", "fit_classifier"]


@dataclass(frozen=True)
class TrainingSet:
    """Vectors (n, d) float32, their brands and the groups that may not be torn apart, each of length n."""

    vectors: NDArray[np.float32]
    brands: NDArray[np.str_]
    groups: NDArray[np.int64]


@dataclass(frozen=True)
class Tuned:
    """A fitted pipeline with `predict_proba`, the settings chosen and their cross-validated macro-F1."""

    pipeline: Pipeline
    choice: dict[str, Any]
    score: float


def _fit_svm(data: TrainingSet, params: TrainParams) -> Tuned:
    """SVM (Cortes and Vapnik, 1995) on standardised vectors reduced by PCA, with Platt-scaled probabilities."""
    folds = _folds(data, params)
    components = min(params.svm.components, data.vectors.shape[1], *(len(train) for train, _ in folds))
    machine = SVC(class_weight="balanced", cache_size=500)
    reduction = [("scale", StandardScaler()), ("pca", PCA(components, random_state=params.seed))]
    grid = [
        {"svc__kernel": ["linear"], "svc__C": list(params.svm.linear_C)},
        {"svc__kernel": ["rbf"], "svc__C": list(params.svm.rbf_C)},
    ]
    with tempfile.TemporaryDirectory() as cache:  # scaling and PCA are fitted once a fold, not once a candidate
        candidate = Pipeline([*reduction, ("svc", machine)], memory=cache)
        search = GridSearchCV(candidate, grid, scoring="f1_macro", cv=folds, refit=False).fit(data.vectors, data.brands)
    best = _simplest_of_the_best(search.cv_results_)
    choice = {key.removeprefix("svc__"): value for key, value in search.cv_results_["params"][best].items()}
    calibrated = CalibratedClassifierCV(clone(machine).set_params(**choice), method="sigmoid", ensemble=False, cv=folds)
    pipeline = Pipeline([*reduction, ("svc", calibrated)]).fit(data.vectors, data.brands)
    return Tuned(pipeline, {**choice, "components": components}, float(search.cv_results_["mean_test_score"][best]))


def _folds(data: TrainingSet, params: TrainParams) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    splitter = StratifiedGroupKFold(params.folds, shuffle=True, random_state=params.seed)
    return list(splitter.split(data.vectors, data.brands, data.groups))


def _simplest_of_the_best(results: dict[str, Any]) -> int:
    """The best linear machine when it is within one standard error of the best of all, else the best of all.

    The one-standard-error rule (Hastie, Tibshirani and Friedman, 2009, section 7.10): in a shop that the machine has
    never seen, the plainer boundary holds better.
    """
    scores = results["mean_test_score"]
    best = int(np.argmax(scores))
    folds = sum(key.startswith("split") for key in results)
    error = results["std_test_score"][best] / np.sqrt(folds - 1)
    linear = np.asarray(results["param_svc__kernel"]) == "linear"
    plain = int(np.argmax(np.where(linear, scores, -np.inf)))
    return plain if scores[plain] >= scores[best] - error else best


CLASSIFIERS: dict[str, Callable[[TrainingSet, TrainParams], Tuned]] = {"svm": _fit_svm}
"""Name of a classifier -> how it is tuned and fitted; to add one, add a line here."""


def fit_classifier(name: str, data: TrainingSet, params: TrainParams) -> Tuned:
    """Tune and fit.

    Raises:
        UsageError: when no classifier has that name.
    """
    if name not in CLASSIFIERS:
        raise UsageError(f"there is no classifier {name!r}; choose from {', '.join(sorted(CLASSIFIERS))}")
    return CLASSIFIERS[name](data, params)
