"""Learning curve: how much better would the model be with more shoes to learn from?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from sneakers_ml.errors import DataError

__all__ = ["CurvePoint", "Fit", "Predict", "learning_curve"]

Rows = NDArray[np.int64]
Strings = NDArray[np.str_]

Predict = Callable[[NDArray[np.float32]], Strings]
"""Brands (m,) of vectors (m, d)."""
Fit = Callable[[Rows], Predict]
"""A model trained on these rows of the training photos alone."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What models trained on a share of the shoe models reach; all but `models` and `repeats` are over the repeats.

    share      share of each brand's shoe models that was wanted
    models     shoe models learnt from, the same number in each repeat
    products   mean number of products among them
    photos     mean number of photos
    macro_f1   mean macro-F1 on the test photos
    low, high  the lowest and the highest macro-F1
    repeats    number of models trained
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
    shares: Sequence[float] = (0.1, 0.2, 0.4, 0.7, 1.0),
    repeats: int = 3,
    seed: int = 0,
) -> list[CurvePoint]:
    """Train on nested random subsets of the shoe models and score each on the same test photos, smallest subset first.

    Args:
        fit: trains on positions in `training`, which rise.
        training: n rows with the columns brand, model_id and product_id.
        test_vectors: (m, d), of other shoe models.
        test_brands: (m,), all of trained brands.
        shares: of each brand's shoe models, of which at least one is taken; shares that come out as the same number of
            models of each brand are one point, that of the largest.
        repeats: how often each subset is drawn; the full one is taken once.
        seed: of the draws.

    Raises:
        DataError: for shares outside (0, 1], no repeat, no photos, or test photos of an untrained brand.
    """
    if not shares or not all(0 < share <= 1 for share in shares) or repeats < 1:
        raise DataError(
            f"A learning curve needs shares in (0, 1] and 1 or more repeats, not {list(shares)}, {repeats}."
        )
    if not len(training) or not len(test_brands) or len(test_vectors) != len(test_brands):
        raise DataError(
            f"A learning curve needs training and test photos, not {len(training)} training photos and "
            f"{len(test_vectors)} test vectors with {len(test_brands)} brands."
        )
    if untrained := sorted(set(map(str, test_brands)) - set(training["brand"].astype(str))):
        raise DataError(f"Test photos of {', '.join(untrained)}, which no training photo shows; leave them out.")
    # Sorted, so that the order of the rows decides nothing.
    table = training.drop_duplicates("model_id").sort_values(["brand", "model_id"])
    by_brand = [group.to_numpy(str) for _, group in table.groupby("brand")["model_id"]]
    steps = {tuple(max(1, round(share * len(models))) for models in by_brand): share for share in sorted(shares)}
    models, products = training["model_id"].to_numpy(str), training["product_id"].to_numpy()
    draws = [_nested(models, by_brand, steps, generator) for generator in np.random.default_rng(seed).spawn(repeats)]
    points = []
    for share, drawn in zip(steps.values(), zip(*draws, strict=True), strict=True):
        subsets = drawn[:1] if len(drawn[0]) == len(training) else drawn
        predicted = [fit(rows)(test_vectors) for rows in subsets]
        # Over the brands in the truth, as in the table of models.
        scores = [f1_score(test_brands, each, labels=np.unique(test_brands), average="macro") for each in predicted]
        points.append(
            CurvePoint(
                share,
                len(set(models[subsets[0]])),
                float(np.mean([len(set(products[rows])) for rows in subsets])),
                float(np.mean([len(rows) for rows in subsets])),
                float(np.mean(scores)),
                float(min(scores)),
                float(max(scores)),
                len(scores),
            )
        )
    return points


def _nested(
    models: Strings, by_brand: Sequence[Strings], steps: Iterable[tuple[int, ...]], generator: np.random.Generator
) -> list[Rows]:
    """Rows of each step: the first models of one shuffled order of each brand, so that larger steps hold smaller."""
    shuffled = [generator.permutation(each) for each in by_brand]
    taken = [np.concatenate([order[:count] for order, count in zip(shuffled, counts, strict=True)]) for counts in steps]
    return [np.flatnonzero(np.isin(models, chosen)) for chosen in taken]
