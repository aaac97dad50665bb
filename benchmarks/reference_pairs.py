"""The pairs of a vector and a classifier: the earlier recipe's and ours, fitted on the same photos and timed."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score
from torch import nn

from benchmarks.reference_features import (
    Recipe,
    earlier_resnet152,
    earlier_sift,
    hog_recipe,
    sift_words,
    vectors_of_files,
)
from benchmarks.reference_grid import catboost_seconds, fit_reference
from benchmarks.reference_network import workspace_resnet152
from benchmarks.reference_rows import Comparison
from sneakers_ml.classifiers.registry import fit_classifier
from sneakers_ml.classifiers.tuning import TrainingSet
from sneakers_ml.embedding.store import load_features
from sneakers_ml.features.extractor import UNTRAINED, read_spec
from sneakers_ml.progress import no_progress

__all__ = ["EXTRACTORS", "EarlierVectors", "Learnt", "Pairs"]

EXTRACTORS = ("hog", "sift", "resnet152")

_TRIAL = 20


@dataclass(frozen=True)
class Learnt:
    """A fitted pair: what it chose, seconds of search and fit, brands (n,) of all photos of the comparison."""

    choice: dict[str, Any]
    seconds: float
    predicted: NDArray[np.str_]


class EarlierVectors:
    """The earlier recipe's vectors of all photos of the comparison, made when first asked for."""

    def __init__(self, comparison: Comparison) -> None:
        self._workspace = comparison.workspace
        self._rows = comparison.rows
        self._cache = comparison.cache
        self._params = comparison.params.embed

    def recipe(self, extractor: str) -> Recipe:
        """How decoded photos become vectors.

        Raises:
            BundleError: when the workspace lacks the ResNet152 whose weights are to be taken.
            DataError: when params.yaml now leads to other weights.
        """
        if extractor == "hog":
            return hog_recipe
        if extractor == "sift":
            return earlier_sift(self._words)
        trained = read_spec(self._workspace.extractor(extractor)).weights != UNTRAINED
        return earlier_resnet152(self._network, trained=trained)

    def matrix(self, extractor: str) -> NDArray[np.floating]:
        """(n, d)"""
        return self._cache.array(
            self.key(extractor), lambda: vectors_of_files(self.recipe(extractor), self._rows.files)
        )

    def key(self, extractor: str) -> str:
        """Names the vectors: of a network, by its weights too."""
        if extractor != "resnet152":
            return extractor
        return f"{extractor}-{_digest(read_spec(self._workspace.extractor(extractor)).graph_sha256)}"

    @cached_property
    def _network(self) -> nn.Module:
        return workspace_resnet152(self._workspace, self._params)

    @cached_property
    def _words(self) -> NDArray[np.float32]:
        training = [file for file, learn in zip(self._rows.files, self._rows.training, strict=True) if learn]
        return np.asarray(self._cache.array("sift-words", lambda: sift_words(training)), np.float32)


class Pairs:
    """Fits pairs of both, each once."""

    def __init__(self, comparison: Comparison, vectors: EarlierVectors, iterations: int) -> None:
        self._workspace = comparison.workspace
        self._rows = comparison.rows
        self._cache = comparison.cache
        self._params = comparison.params.train
        self._vectors = vectors
        self._iterations = iterations

    def earlier(self, extractor: str, classifier: str) -> Learnt:
        """The earlier recipe's grid search, on the training photos."""

        def fit() -> dict[str, Any]:
            vectors, training = self._vectors.matrix(extractor), self._rows.training
            data = vectors[training], self._rows.brands[training]
            if classifier == "catboost" and self._iterations > _TRIAL:
                minutes = catboost_seconds(*data, _TRIAL) * self._iterations / 60
                print(f"  {_TRIAL} iterations tried; {self._iterations:,} take about {minutes:.1f} min", flush=True)
            fitted = fit_reference(classifier, *data, self._iterations)
            return _kept(fitted.choice, fitted.seconds, fitted.predict(vectors))

        trees = f"-{self._iterations}" if classifier == "catboost" else ""
        return self._learnt(f"earlier-{self._vectors.key(extractor)}-{classifier}{trees}", fit)

    def ours(self, extractor: str, classifier: str) -> Learnt:
        """Ours as the stage `train` tunes and fits it, on our own vectors of the same photos."""
        features = load_features(self._workspace.features, extractor)

        def fit() -> dict[str, Any]:
            vectors = self._rows.of(features)
            training, validation = self._set(vectors, self._rows.training), self._set(vectors, self._rows.validation)
            started = time.perf_counter()
            pipeline = (tuned := fit_classifier(classifier, training, validation, self._params, no_progress)).pipeline
            seconds = time.perf_counter() - started
            probabilities = pipeline.predict_proba(vectors)
            return _kept(tuned.choice, seconds, np.asarray(pipeline.classes_)[probabilities.argmax(axis=1)])

        digest = _digest([features.meta, self._params.model_dump()])
        return self._learnt(f"ours-{extractor}-{classifier}-{digest}", fit)

    def validation_f1(self, learnt: Learnt) -> float:
        """Macro-F1 on the validation photos."""
        chosen = self._rows.validation
        return float(f1_score(self._rows.brands[chosen], learnt.predicted[chosen], average="macro"))

    def _set(self, vectors: NDArray[np.float32], chosen: NDArray[np.bool_]) -> TrainingSet:
        groups = self._rows.table["group"].to_numpy(np.int64)
        return TrainingSet(vectors[chosen], self._rows.brands[chosen], groups[chosen])

    def _learnt(self, name: str, fit: Callable[[], dict[str, Any]]) -> Learnt:
        kept = self._cache.value(name, fit)
        return Learnt(kept["choice"], kept["seconds"], np.array(kept["predicted"], np.str_))


def _kept(choice: dict[str, Any], seconds: float, predicted: NDArray[np.str_]) -> dict[str, Any]:
    return {"choice": choice, "seconds": seconds, "predicted": predicted.tolist()}


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:8]
