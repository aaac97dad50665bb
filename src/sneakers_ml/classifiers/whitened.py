"""What the classifiers on half-whitened vectors have in common: how they are chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sklearn.base import ClassifierMixin

from sneakers_ml.classifiers.reduction import Reduce, half_whitened_pca, kept_components
from sneakers_ml.classifiers.tuning import (
    Choice,
    TrainingSet,
    cross_validate,
    grouped_folds,
    preferred_within_one_error,
    smallest,
)
from sneakers_ml.progress import OnProgress
from sneakers_ml.workspace.params import TrainParams

__all__ = ["choose", "reduction_of"]


def choose(
    data: TrainingSet,
    candidates: Sequence[tuple[Choice, ClassifierMixin]],
    components: int,
    params: TrainParams,
    on_progress: OnProgress,
    plain: Callable[[Choice], bool] = lambda _choice: True,
) -> tuple[Choice, float]:
    """The candidate of best mean macro-F1 over the folds, the first of equals, with that score.

    A plain one goes before others that are within one standard error. At most `components`, fewer where a fold has
    fewer photos.
    """
    folds = grouped_folds(data, params)
    kept = kept_components(components, data.vectors.shape[1], smallest(folds))
    models = [model for _, model in candidates]
    scores = cross_validate(data, folds, half_whitened_pca(kept), models, params, on_progress)
    best = preferred_within_one_error([plain(choice) for choice, _ in candidates], scores)
    return {**candidates[best][0], "components": kept}, float(scores[best].mean())


def reduction_of(choice: Choice, data: TrainingSet) -> Reduce:
    """The reduction of a choice, on fewer components where the photos are fewer than those it was made on."""
    rows, dim = data.vectors.shape
    return half_whitened_pca(kept_components(choice["components"], dim, rows))
