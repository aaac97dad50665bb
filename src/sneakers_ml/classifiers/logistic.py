"""Multinomial logistic regression on vectors reduced and half-whitened by PCA."""

from __future__ import annotations

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from sneakers_ml.classifiers.reduction import fit_reduced
from sneakers_ml.classifiers.tuning import Choice, TrainingSet
from sneakers_ml.classifiers.whitened import choose, reduction_of
from sneakers_ml.progress import OnProgress
from sneakers_ml.workspace.params import TrainParams

__all__ = ["refit", "tune"]

_ITERATIONS = 500


def tune(
    data: TrainingSet, _validation: TrainingSet, params: TrainParams, on_progress: OnProgress
) -> tuple[Choice, float]:
    """C and number of components, with their macro-F1; of equals, the one that is penalised most."""
    grid = [{"C": C} for C in sorted(params.logistic.C)]
    return choose(data, [(choice, _model(choice)) for choice in grid], params.logistic.components, params, on_progress)


def refit(choice: Choice, data: TrainingSet, _validation: TrainingSet, _params: TrainParams) -> Pipeline:
    """The regression of that choice."""
    return fit_reduced(data.vectors, data.brands, reduction_of(choice, data), "logistic", _model(choice))


def _model(choice: Choice) -> LogisticRegression:
    return LogisticRegression(C=choice["C"], class_weight="balanced", max_iter=_ITERATIONS)
