"""Gradient boosting of symmetric trees (Prokhorenkova et al., NeurIPS 2018) on the columns that tell brands best.

Columns are picked, not projected: a threshold on a computed number falls to one side or the other by how an
implementation rounds, whereas a picked number is the same everywhere, and so is the tree's answer.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.metrics import f1_score
from sklearn.pipeline import Pipeline

from sneakers_ml.classifiers.tuning import Choice, TrainingSet, grouped_folds
from sneakers_ml.errors import DataError
from sneakers_ml.progress import OnProgress
from sneakers_ml.workspace.params import TrainParams

__all__ = ["refit", "tune"]

_THREADS = 2
"""Part of the model: sums are shared out among this many, on any machine."""


def tune(
    data: TrainingSet, _validation: TrainingSet, params: TrainParams, on_progress: OnProgress
) -> tuple[Choice, float]:
    """Depth of the trees, by macro-F1 of the first few of them; validation photos have no part in it."""
    folds = grouped_folds(data, params)
    depths = sorted(params.catboost.depth)
    scores = np.empty((len(depths), len(folds)))
    for fold, (train, held_out) in enumerate(folds):
        seen, unseen = data.rows(train), data.rows(held_out)
        columns = _pick_columns(seen, params)
        picked, asked = columns.transform(seen.vectors), columns.transform(unseen.vectors)
        for row, depth in enumerate(depths):
            trees = min(params.catboost.trial_iterations, params.catboost.iterations)
            predicted = _model(depth, trees, params).fit(picked, seen.brands).predict(asked).ravel()
            scores[row, fold] = f1_score(unseen.brands, predicted.astype(str), average="macro")
            on_progress(fold * len(depths) + row + 1, scores.size)
    means = scores.mean(axis=1)
    best = int(np.argmax(means))
    return {"depth": depths[best], "columns": _kept_columns(data, params)}, float(means[best])


def refit(choice: Choice, data: TrainingSet, validation: TrainingSet, params: TrainParams) -> Pipeline:
    """Trees of that depth, up to the one after which the loss on validation photos is lowest.

    Raises:
        DataError: when no validation photo is of a brand to be learnt.
    """
    known = np.isin(validation.brands, data.brands)
    if not known.any():
        raise DataError("no validation photo of the brands to be learnt, by which to stop in time")
    columns = _pick_columns(data, params)
    judges = validation.rows(known)
    model = _model(choice["depth"], params.catboost.iterations, params).fit(
        columns.transform(data.vectors),
        data.brands,
        eval_set=(columns.transform(judges.vectors), judges.brands),
        early_stopping_rounds=params.catboost.patience,
        use_best_model=True,
    )
    return Pipeline([("columns", columns), ("catboost", model)])


def _kept_columns(data: TrainingSet, params: TrainParams) -> int:
    return int(min(params.catboost.columns, data.vectors.shape[1]))


def _pick_columns(data: TrainingSet, params: TrainParams) -> SelectKBest:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a constant column's F, which is not a number and comes last
        return SelectKBest(f_classif, k=_kept_columns(data, params)).fit(data.vectors, data.brands)


def _model(depth: int, iterations: int, params: TrainParams) -> Any:
    """Cheap trees: coarse thresholds, few columns a level, plain gains and one Newton step a leaf.

    Thirty trees on HOG of real photos came to the macro-F1 of as many on fine thresholds, all columns and CatBoost's
    own gains, within the noise, in a fifteenth of the time; against its defaults in full they weren't measured.
    """
    from catboost import CatBoostClassifier

    return CatBoostClassifier(
        loss_function="MultiClass",
        auto_class_weights="Balanced",
        iterations=iterations,
        depth=depth,
        learning_rate=params.catboost.learning_rate,
        rsm=params.catboost.column_share,
        border_count=params.catboost.borders,
        score_function="L2",
        bootstrap_type="No",
        leaf_estimation_iterations=1,
        random_seed=params.seed,
        thread_count=_THREADS,
        allow_writing_files=False,
        verbose=False,
    )
