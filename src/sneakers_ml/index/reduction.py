"""Shorter vectors to search with: their length costs time with every vector that a query is compared with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.decomposition import TruncatedSVD

from sneakers_ml.embedding.store import Features
from sneakers_ml.index.spec import Reduction

__all__ = ["reduced"]

_FITTED_ON = 20_000  # photos
_ASKED = 500
_TOP = 10
_SEED = 20


def reduced(features: Features, photos: pd.DataFrame, dim: int | None) -> tuple[Features, Reduction | None, str]:
    """Features whose rows that are searched have at most `dim` numbers, what that lost, and what is to be said of it.

    Rows are projected on the first singular vectors of training photos' unit rows, which keeps inner products as well
    as any projection can (Eckart and Young, 1936): the mean stays in, so that a cosine goes on meaning the same. Then
    they are turned at random, which changes no inner product and spreads the mean over all numbers: fp16 rounds large
    ones most. Vectors that are short enough, as those of fine-tuned networks, stay as they are; so do all where there
    are fewer than two training photos a number.

    Args:
        features: the vectors.
        photos: with the columns of photos.parquet and split.parquet; row i is the photo of vector i.
        dim: None leaves all as they are.
    """
    whole = features.meta.get("searched") or features.vectors.shape[1]
    if dim is None or whole <= dim:
        return features, None, ""
    generator = np.random.default_rng(_SEED)
    places = np.flatnonzero((photos["split"] == "train").to_numpy())
    if len(places) < 2 * dim:
        return features, None, f"dim: {len(places)} training photos are too few for {dim} numbers; all {whole} are kept"
    if len(places) > _FITTED_ON:
        places = np.sort(generator.choice(places, _FITTED_ON, replace=False))
    svd = TruncatedSVD(dim, n_iter=7, random_state=_SEED).fit(features.search_rows(places))
    turn = np.linalg.qr(generator.standard_normal((dim, dim)))[0]
    shorter = replace(features, projection=np.ascontiguousarray(svd.components_.T @ turn, np.float32))
    kept = float(np.square(features.search_rows(places) @ svd.components_.T).sum() / len(places))
    asked = np.flatnonzero((photos["split"] == "val").to_numpy())
    if not len(asked):
        asked = places
    asked, gallery = (
        rows if len(rows) <= most else np.sort(generator.choice(rows, most, replace=False))
        for rows, most in ((asked, _ASKED), (np.arange(len(photos)), _FITTED_ON))
    )
    near = []
    for each in (features, shorter):
        scores = each.search_rows(asked) @ each.search_rows(gallery).T
        scores[asked[:, None] == gallery[None]] = -np.inf
        near.append(np.argsort(-scores, axis=1, kind="stable")[:, : min(_TOP, len(gallery) - 1)])
    recall = np.mean([len(np.intersect1d(*rows)) / len(rows[0]) for rows in zip(*near, strict=True)])
    loss = Reduction(dim=whole, energy=round(kept, 4), recall=round(float(recall), 4))
    return shorter, loss, ""
