"""One-vs-rest logistic regression by averaged stochastic gradient descent (Bottou, 2012) on half-whitened vectors.

Steps of a constant length, averaged over all of them (Polyak and Juditsky, SIAM J. Control 1992): scikit-learn's own
schedule starts with steps that are far too long, and did worse on real photos in the same number of epochs.
"""

from __future__ import annotations

from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import Pipeline

from sneakers_ml.classifiers.reduction import fit_reduced
from sneakers_ml.classifiers.tuning import Choice, TrainingSet
from sneakers_ml.classifiers.whitened import choose, reduction_of
from sneakers_ml.progress import OnProgress
from sneakers_ml.workspace.params import TrainParams

__all__ = ["refit", "tune"]


def tune(
    data: TrainingSet, _validation: TrainingSet, params: TrainParams, on_progress: OnProgress
) -> tuple[Choice, float]:
    """Strength of the penalty and number of components, with their macro-F1; of equals, the strongest."""
    grid = [{"alpha": alpha} for alpha in sorted(params.sgd.alpha, reverse=True)]
    candidates = [(choice, _model(choice, params)) for choice in grid]
    return choose(data, candidates, params.sgd.components, params, on_progress)


def refit(choice: Choice, data: TrainingSet, _validation: TrainingSet, params: TrainParams) -> Pipeline:
    """The regression of that choice."""
    model = _model(choice, params)
    return fit_reduced(data.vectors, data.brands, reduction_of(choice, data), "sgd", model)


def _model(choice: Choice, params: TrainParams) -> SGDClassifier:
    return SGDClassifier(
        loss="log_loss",
        penalty="l2",
        alpha=choice["alpha"],
        learning_rate="constant",
        eta0=params.sgd.rate,
        max_iter=params.sgd.epochs,
        tol=None,
        average=True,
        class_weight="balanced",
        random_state=params.seed,
    )
