"""The classifiers of the earlier recipe: the same candidates, tried by scikit-learn's grid search, and CatBoost.

Nothing is scaled, folds are by photo, and macro-F1 over three folds picks the candidate, which is then fitted on all
training photos. Newer scikit-learn spells two things otherwise: the penalty of a logistic regression is its
`l1_ratio`, and liblinear learns several brands only inside a one-against-the-rest wrapper, which is what it did by
itself before. As then, L1 with lbfgs fails at once and scores nothing.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from catboost import CatBoostClassifier
from numpy.typing import NDArray
from sklearn.exceptions import FitFailedWarning
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

__all__ = ["CLASSIFIERS", "Fitted", "catboost_seconds", "fit_reference"]

Vectors = NDArray[np.floating]

_SEED = 42
_EXPECTED = (
    (FitFailedWarning, ""),  # L1 with lbfgs
    (UserWarning, "One or more of the test scores are non-finite"),  # the same
    (UserWarning, "The least populated class"),  # fewer photos of a brand than folds: in short trials only
    (UserWarning, "(Maximum number of iteration|Liblinear failed to converge|lbfgs failed to converge)"),
)


@dataclass(frozen=True)
class Fitted:
    """A fitted classifier: what it chose, the seconds of search and fit, and vectors (n, d) to brands (n,)."""

    choice: dict[str, Any]
    seconds: float
    predict: Callable[[Vectors], NDArray[np.str_]]


def fit_reference(name: str, vectors: Vectors, brands: NDArray[np.str_], iterations: int) -> Fitted:
    """Search and fit as the earlier recipe did.

    Args:
        name: of `CLASSIFIERS`.
        vectors: (n, d) of training photos.
        brands: (n,).
        iterations: trees of CatBoost; there it was 1,000.
    """
    model = CLASSIFIERS[name](iterations)
    started = time.perf_counter()
    with _expected_warnings():
        model.fit(vectors, brands)
    seconds = time.perf_counter() - started
    chosen = getattr(model, "best_params_", {"iterations": iterations})
    choice = {key: " ".join(str(value).split()) for key, value in chosen.items()}
    return Fitted(choice, seconds, lambda rows: np.asarray(model.predict(rows), np.str_).reshape(-1))


def catboost_seconds(vectors: Vectors, brands: NDArray[np.str_], trial: int = 20) -> float:
    """Seconds of one iteration of CatBoost, from a short trial; a little too many, as the start counts too."""
    return fit_reference("catboost", vectors, brands, trial).seconds / trial


@contextmanager
def _expected_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        for category, start in _EXPECTED:
            warnings.filterwarnings("ignore", start, category)
        yield


def _search(model: Any, grid: Any) -> GridSearchCV:
    return GridSearchCV(model, grid, cv=3, scoring="f1_macro", n_jobs=-1)


def _svm(_iterations: int) -> GridSearchCV:
    return _search(SVC(random_state=_SEED), {"C": [0.1, 1, 10, 100], "kernel": ["rbf", "linear"]})


def _sgd(_iterations: int) -> GridSearchCV:
    grid = {"loss": ["log_loss", "hinge"], "alpha": [1e-3, 1e-4, 1e-5], "penalty": ["l2", "elasticnet"]}
    return _search(SGDClassifier(random_state=_SEED), grid)


def _catboost(iterations: int) -> CatBoostClassifier:
    return CatBoostClassifier(random_seed=_SEED, iterations=iterations, verbose=False, allow_writing_files=False)


def _logistic(_iterations: int) -> GridSearchCV:
    lbfgs = LogisticRegression(random_state=_SEED, max_iter=1000)
    liblinear = OneVsRestClassifier(LogisticRegression(random_state=_SEED, max_iter=1000, solver="liblinear"))
    costs, ratios = [0.01, 0.1, 1, 10], [1.0, 0.0]
    return _search(
        Pipeline([("model", lbfgs)]),
        [
            {"model": [lbfgs], "model__C": costs, "model__l1_ratio": ratios},
            {"model": [liblinear], "model__estimator__C": costs, "model__estimator__l1_ratio": ratios},
        ],
    )


CLASSIFIERS: dict[str, Callable[[int], Any]] = {
    "svm": _svm,
    "sgd": _sgd,
    "catboost": _catboost,
    "logistic": _logistic,
}
"""Name of a classifier -> how it is made, given CatBoost's number of trees."""
