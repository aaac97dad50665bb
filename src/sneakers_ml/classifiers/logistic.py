"""Multinomial logistic regression on vectors reduced and half-whitened by PCA."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from sklearn.base import ClassifierMixin
from sklearn.linear_model import LogisticRegression

from sneakers_ml.classifiers.classifier import CLASSIFIERS, Choice
from sneakers_ml.classifiers.whitened import WhitenedClassifier
from sneakers_ml.registry import Section

__all__ = ["Logistic", "LogisticParams"]

_ITERATIONS = 500


class LogisticParams(Section):
    """Multinomial logistic regression on half-whitened PCA; the values tried for C."""

    components: int = Field(320, ge=1)
    C: Annotated[tuple[Annotated[float, Field(gt=0)], ...], Field(min_length=1)] = (0.01, 0.03, 0.1, 0.3)


@CLASSIFIERS.register("logistic", LogisticParams)
class Logistic(WhitenedClassifier):
    """Multinomial logistic regression; of equal candidates the most penalised."""

    def grid(self) -> list[Choice]:
        """Smallest C first."""
        return [{"C": C} for C in sorted(self.settings.C)]

    def estimator(self, choice: Choice, *, probabilities: bool) -> ClassifierMixin:
        """scikit-learn's, by L-BFGS."""
        return LogisticRegression(C=choice["C"], class_weight="balanced", max_iter=_ITERATIONS)
