"""Classical classifiers on vectors, by name: how each is tuned, and fitted with what tuning chose."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from sneakers_ml.classifiers import catboost, logistic, sgd, svm
from sneakers_ml.classifiers.tuning import Choice, TrainingSet, Tuned
from sneakers_ml.errors import UsageError
from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.workspace.params import TrainParams

__all__ = ["CLASSIFIERS", "Classifier", "fit_classifier", "refit_classifier"]


@dataclass(frozen=True)
class Classifier:
    """How a classifier's settings are chosen on training photos, and how it is fitted with them.

    Validation photos are for stopping in time alone; a classifier that needs no stopping leaves them aside.
    """

    tune: Callable[[TrainingSet, TrainingSet, TrainParams, OnProgress], tuple[Choice, float]]
    refit: Callable[[Choice, TrainingSet, TrainingSet, TrainParams], Pipeline]


CLASSIFIERS: dict[str, Classifier] = {
    "svm": Classifier(svm.tune, svm.refit),
    "sgd": Classifier(sgd.tune, sgd.refit),
    "catboost": Classifier(catboost.tune, catboost.refit),
    "logistic": Classifier(logistic.tune, logistic.refit),
}
"""Name of a classifier -> how it is tuned and fitted; to add one, add a line here."""


def fit_classifier(
    name: str, data: TrainingSet, validation: TrainingSet, params: TrainParams, on_progress: OnProgress = no_progress
) -> Tuned:
    """Tune and fit; `on_progress` hears of each candidate tried in each fold.

    Raises:
        DataError: when there is no validation photo of a brand in `data`, for a classifier that needs one.
        UsageError: when no classifier has that name.
    """
    classifier = _classifier(name)
    with threadpool_limits(limits=1, user_api="blas"):  # sums in one order, so that any number of cores gives one model
        start = time.perf_counter()
        choice, score = classifier.tune(data, validation, params, on_progress)
        tuned = time.perf_counter()
        pipeline = classifier.refit(choice, data, validation, params)
        return Tuned(pipeline, choice, score, tuned - start, time.perf_counter() - tuned)


def refit_classifier(
    name: str, choice: Choice, data: TrainingSet, validation: TrainingSet, params: TrainParams
) -> Pipeline:
    """Fit with settings chosen before; on the photos they were chosen on, this is the pipeline of `fit_classifier`.

    Raises:
        DataError: when there is no validation photo of a brand in `data`, for a classifier that needs one.
        UsageError: when no classifier has that name.
    """
    classifier = _classifier(name)
    with threadpool_limits(limits=1, user_api="blas"):
        return classifier.refit(choice, data, validation, params)


def _classifier(name: str) -> Classifier:
    if name not in CLASSIFIERS:
        raise UsageError(f"there is no classifier {name!r}; choose from {', '.join(sorted(CLASSIFIERS))}")
    return CLASSIFIERS[name]
