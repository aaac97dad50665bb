"""Learning curve: how much better would the model be with more shoes to learn from?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.classification import classification_metrics
from sneakers_ml.progress import OnProgress, no_progress

__all__ = ["SHARES", "CurvePoint", "Fit", "Predict", "learning_curve"]

Rows = NDArray[np.int64]
Strings = NDArray[np.str_]

Predict = Callable[[NDArray[np.float32]], Strings]
"""Brands (m,) of vectors (m, d)."""
Fit = Callable[[Rows], Predict]
"""A model trained on these rows of the training photos alone."""

SHARES = (0.1, 0.2, 0.4, 0.7, 1.0)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What models trained on a share of the shoe models reach; all but `models` and `repeats` are over the repeats.

    share     share of each brand's shoe models that was wanted
    models    shoe models learnt from, the same number in each repeat
    products  mean number of products among them
    photos    mean number of photos
    macro_f1  mean macro-F1 on the test photos
    low, high the lowest and the highest macro-F1
    repeats   number of models trained
    """

    share: float
    models: int
    products: float
    photos: float
    macro_f1: float
    low: float
    high: float
    repeats: int


def learning_curve(
    fit: Fit,
    training: pd.DataFrame,
    test_vectors: NDArray[np.float32],
    test_brands: Strings,
    *,
    shares: Sequence[float] = SHARES,
    repeats: int = 3,
    seed: int = 0,
    on_progress: OnProgress = no_progress,
) -> list[CurvePoint]:
    """Train on nested random subsets of the shoe models and score each on the same test photos, smallest subset first.

    `training` (n rows) has the columns brand, model_id and product_id; `fit` gets positions in it, rising.
    `test_vectors` (m, d) and `test_brands` (m,) are of other shoe models, all of trained brands. Each subset is drawn
    `repeats` times, the full one taken once. Shares that come out as the same number of models of each brand are one
    point, that of the largest. `on_progress` counts fits.

    Raises DataError for shares outside (0, 1], fewer than one repeat, no photos, or test photos of an untrained brand.
    """
    _check(training, test_vectors, test_brands, shares, repeats)
    labels = sorted(set(training["brand"].astype(str)))
    steps = _steps(training, shares)
    draws = [_nested(training, list(steps), generator) for generator in np.random.default_rng(seed).spawn(repeats)]
    runs = [subsets[:1] if len(subsets[0]) == len(training) else subsets for subsets in zip(*draws, strict=True)]
    total, done, points = sum(len(subsets) for subsets in runs), 0, []
    for share, subsets in zip(steps.values(), runs, strict=True):
        scores = []
        for rows in subsets:
            scores.append(classification_metrics(test_brands, fit(rows)(test_vectors), labels)["macro_f1"])
            done += 1
            on_progress(done, total)
        points.append(_point(share, training, subsets, scores))
    return points


def _check(
    training: pd.DataFrame, vectors: NDArray[np.float32], brands: Strings, shares: Sequence[float], repeats: int
) -> None:
    if not shares or not all(0 < share <= 1 for share in shares) or repeats < 1:
        raise DataError(
            f"A learning curve needs shares in (0, 1] and 1 or more repeats, not {list(shares)}, {repeats}."
        )
    if not len(training) or not len(brands) or len(vectors) != len(brands):
        raise DataError(
            f"A learning curve needs training and test photos, not {len(training)} training photos and {len(vectors)} "
            f"test vectors with {len(brands)} brands."
        )
    if untrained := sorted(set(map(str, brands)) - set(training["brand"].astype(str))):
        raise DataError(f"Test photos of {', '.join(untrained)}, which no training photo shows; leave them out.")


def _models_of_brands(training: pd.DataFrame) -> list[Strings]:
    """The shoe models of each brand, all sorted, so that the order of the rows decides nothing."""
    models = training.drop_duplicates("model_id").sort_values(["brand", "model_id"])
    return [group.to_numpy(str) for _, group in models.groupby("brand", sort=True)["model_id"]]


def _steps(training: pd.DataFrame, shares: Sequence[float]) -> dict[tuple[int, ...], float]:
    """Number of models to take of each brand -> the share that comes to it, smallest first; no brand goes without."""
    sizes = [len(models) for models in _models_of_brands(training)]
    return {tuple(max(1, round(share * size)) for size in sizes): share for share in sorted(shares)}


def _nested(training: pd.DataFrame, steps: Sequence[tuple[int, ...]], generator: np.random.Generator) -> list[Rows]:
    """Rows of each step: the first models of one shuffled order of each brand, so that larger steps hold smaller."""
    shuffled = [generator.permutation(models) for models in _models_of_brands(training)]
    models = training["model_id"].to_numpy(str)
    taken = [np.concatenate([order[:count] for order, count in zip(shuffled, counts, strict=True)]) for counts in steps]
    return [np.flatnonzero(np.isin(models, chosen)) for chosen in taken]


def _point(share: float, training: pd.DataFrame, subsets: Sequence[Rows], scores: Sequence[float]) -> CurvePoint:
    models = training["model_id"].to_numpy()
    products = training["product_id"].to_numpy()
    return CurvePoint(
        share,
        len(set(models[subsets[0]])),
        float(np.mean([len(set(products[rows])) for rows in subsets])),
        float(np.mean([len(rows) for rows in subsets])),
        float(np.mean(scores)),
        min(scores),
        max(scores),
        len(scores),
    )
