"""What the classifiers on half-whitened vectors have in common: only their grid and their estimator are their own."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from onnx import ModelProto
from sklearn.base import ClassifierMixin
from sklearn.pipeline import Pipeline

from sneakers_ml.classifiers.classifier import Choice, Classifier, TrainingSet
from sneakers_ml.classifiers.export import pipeline_to_onnx
from sneakers_ml.classifiers.reduction import half_whitened_pca, kept_components
from sneakers_ml.classifiers.tuning import cross_validate, grouped_folds, preferred_within_one_error
from sneakers_ml.progress import OnProgress

__all__ = ["WhitenedClassifier"]


class WhitenedClassifier(Classifier):
    """An estimator of scikit-learn on at most `settings.components` half-whitened components."""

    @abstractmethod
    def grid(self) -> list[Choice]:
        """Hyper-parameters to try; of equals the first is taken."""

    @abstractmethod
    def estimator(self, choice: Choice, *, probabilities: bool) -> ClassifierMixin:
        """The unfitted estimator; `probabilities` only where they are needed, as they can take longer."""

    def prefers(self, choice: Choice) -> bool:
        """Whether it goes before others that are within one standard error."""
        return True

    def tune(self, data: TrainingSet, on_progress: OnProgress) -> tuple[Choice, float]:
        """The candidate of best mean macro-F1 over the folds; fewer components where a fold has fewer photos."""
        grid, folds = self.grid(), grouped_folds(data, self.params)
        smallest = min(len(train) for train, _ in folds)
        kept = kept_components(self.settings.components, data.vectors.shape[1], smallest)
        candidates = [self.estimator(choice, probabilities=False) for choice in grid]
        scores = cross_validate(data, folds, half_whitened_pca(kept), candidates, self.params, on_progress)
        best = preferred_within_one_error([self.prefers(choice) for choice in grid], scores)
        return {**grid[best], "components": kept}, float(scores[best].mean())

    def fit(self, choice: Choice, data: TrainingSet, validation: TrainingSet) -> Pipeline:
        """Reduction and estimator; on fewer components where the photos are fewer than those of the choice."""
        rows, dim = data.vectors.shape
        reduction, seen = half_whitened_pca(kept_components(choice["components"], dim, rows))(data.vectors)
        estimator = self.estimator(choice, probabilities=True).fit(seen, data.brands)
        return Pipeline([*reduction.steps, ("classifier", estimator)])

    def to_onnx(self, fitted: Any) -> ModelProto:
        """Reduction and estimator as skl2onnx writes them."""
        return pipeline_to_onnx(fitted)
