"""Support vector machines (Cortes and Vapnik, 1995) on vectors reduced and half-whitened by PCA."""

from __future__ import annotations

import warnings

from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

from sneakers_ml.classifiers.reduction import fit_reduced
from sneakers_ml.classifiers.tuning import Choice, TrainingSet
from sneakers_ml.classifiers.whitened import choose, reduction_of
from sneakers_ml.progress import OnProgress
from sneakers_ml.workspace.params import TrainParams

__all__ = ["refit", "tune"]


def tune(
    data: TrainingSet, _validation: TrainingSet, params: TrainParams, on_progress: OnProgress
) -> tuple[Choice, float]:
    """Kernel, C and number of components, with their macro-F1; a linear kernel where it is as good as any."""
    grid = [{"kernel": "linear", "C": C} for C in params.svm.linear_C]
    grid += [{"kernel": "rbf", "C": C} for C in params.svm.rbf_C]
    candidates = [(choice, _machine(choice)) for choice in grid]
    return choose(
        data, candidates, params.svm.components, params, on_progress, lambda choice: choice["kernel"] == "linear"
    )


def refit(choice: Choice, data: TrainingSet, _validation: TrainingSet, params: TrainParams) -> Pipeline:
    """The machine of that choice.

    Probabilities come from pairwise coupling (Wu, Lin and Weng, JMLR 2004), built into libsvm: one-vs-rest Platt
    scaling of the same machine lost 3 to 7 points of macro-F1 on real photos and told unknown brands worse.
    """
    machine = _machine(choice).set_params(probability=True, random_state=params.seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # scikit-learn drops `probability` in 1.11; the lock stays below
        return fit_reduced(data.vectors, data.brands, reduction_of(choice, data), "svc", machine)


def _machine(choice: Choice) -> SVC:
    return SVC(kernel=choice["kernel"], C=choice["C"], class_weight="balanced", cache_size=500)
