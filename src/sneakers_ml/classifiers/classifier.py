"""What a brand classifier is: how its settings are chosen, how it is fitted with them, and how it becomes a graph."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from onnx import ModelProto
from threadpoolctl import threadpool_limits

from sneakers_ml.embedding.store import Features
from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.registry import Registry
from sneakers_ml.workspace.params import TrainParams

__all__ = [
    "CLASSIFIERS",
    "Choice",
    "Classifier",
    "Fitted",
    "TrainingSet",
    "Tuned",
    "fit_classifier",
    "make_classifier",
    "refit_classifier",
]

Choice = dict[str, Any]
"""Hyper-parameters that tuning chose."""


class Fitted(Protocol):
    """A fitted estimator of scikit-learn's kind."""

    classes_: Sequence[str]

    def predict_proba(self, vectors: NDArray[np.float32]) -> NDArray[np.floating]:
        """(n, classes) probabilities of (n, d) vectors."""


@dataclass(frozen=True)
class TrainingSet:
    """Vectors (n, d) float32, their brands and the groups that may not be torn apart, each of length n.

    The last numbers of a fine-tuned network's vectors are `logits` of these labels.
    """

    vectors: NDArray[np.float32]
    brands: NDArray[np.str_]
    groups: NDArray[np.int64]
    logits: tuple[str, ...] = ()

    @classmethod
    def of(cls, features: Features, photos: pd.DataFrame) -> Self:
        """Photos with the columns brand and group, their index being the rows of the vectors that are theirs."""
        rows, logits = photos.index.to_numpy(), tuple(features.meta.get("brands", ()))
        brands, groups = photos["brand"].to_numpy(str), photos["group"].to_numpy(np.int64)
        return cls(np.asarray(features.vectors[rows]), brands, groups, logits)

    def rows(self, places: NDArray[np.int64] | NDArray[np.bool_]) -> TrainingSet:
        """The photos at these places."""
        return replace(self, vectors=self.vectors[places], brands=self.brands[places], groups=self.groups[places])


@dataclass(frozen=True)
class Tuned:
    """A fitted classifier, the hyper-parameters chosen and their cross-validated macro-F1.

    The score is of quick fits (an SVM's votes, a few trees); what is served and measured elsewhere is the brand of
    highest probability, so compare the score among candidates only. The seconds have no part in equality.
    """

    fitted: Fitted
    choice: Choice
    score: float
    tune_seconds: float = field(default=0.0, compare=False)
    fit_seconds: float = field(default=0.0, compare=False)


class Classifier(ABC):
    """Vectors to brands."""

    def __init__(self, settings: Any, params: TrainParams) -> None:
        """With its own section of params.yaml, and the section around it: folds, seed, workers."""
        self.settings, self.params = settings, params

    @abstractmethod
    def tune(self, data: TrainingSet, on_progress: OnProgress) -> tuple[Choice, float]:
        """Hyper-parameters chosen on training photos, with their macro-F1; `on_progress` counts fits."""

    @abstractmethod
    def fit(self, choice: Choice, data: TrainingSet, validation: TrainingSet) -> Fitted:
        """The classifier with these hyper-parameters; validation photos are for stopping in time alone.

        Raises:
            DataError: when there is no validation photo of a brand in `data`, for a classifier that needs one.
        """

    @abstractmethod
    def to_onnx(self, fitted: Any) -> ModelProto:
        """A graph from (n, dim) float32 vectors whose last output is (n, classes) float32 probabilities."""


CLASSIFIERS: Registry[type[Classifier]] = Registry("classifier", "sneakers_ml.classifiers", section="train")
"""Name -> classifier."""


def make_classifier(name: str, params: TrainParams) -> Classifier:
    """The classifier of that name with its section of params.yaml.

    Raises:
        UsageError: when no classifier has that name.
        ParamsError: when its section does not fit.
    """
    return CLASSIFIERS[name](CLASSIFIERS.settings(name, params.sections), params)


def fit_classifier(
    name: str,
    data: TrainingSet,
    validation: TrainingSet,
    params: TrainParams,
    on_progress: OnProgress = no_progress,
) -> Tuned:
    """Tune and fit.

    Raises:
        DataError: when there is no validation photo of a brand in `data`, for a classifier that needs one.
        UsageError: when no classifier has that name.
    """
    classifier = make_classifier(name, params)
    with threadpool_limits(limits=1, user_api="blas"):  # sums in one order, so that any number of cores gives one model
        start = time.perf_counter()
        choice, score = classifier.tune(data, on_progress)
        tuned = time.perf_counter()
        fitted = classifier.fit(choice, data, validation)
        return Tuned(fitted, choice, score, tuned - start, time.perf_counter() - tuned)


def refit_classifier(
    name: str, choice: Choice, data: TrainingSet, validation: TrainingSet, params: TrainParams
) -> Fitted:
    """Fit with hyper-parameters chosen before; on the photos they were chosen on, this is what `fit_classifier` fits.

    Raises:
        DataError: when there is no validation photo of a brand in `data`, for a classifier that needs one.
        UsageError: when no classifier has that name.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        return make_classifier(name, params).fit(choice, data, validation)
