"""Vectors reduced by PCA before a classifier sees them.

Columns aren't standardised first, which gives noise in columns that hardly vary the weight of a signal: in
cross-validation on real photos, SVMs and regressions on standardised columns were 1 to 4 points of macro-F1 worse, and
in shops never seen 10 and more (notes/features-models-appendix.md).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

__all__ = ["Reduce", "exact_pca", "half_whitened_pca", "kept_components"]

Reduce = Callable[[NDArray[np.float32]], tuple[Pipeline, NDArray[np.float32]]]
"""(n, d) training vectors -> the fitted steps, and what they make of these vectors, (n, k)."""

_LEAST_VARIANCE = 1e-5


def kept_components(wanted: int, dim: int, rows: int) -> int:
    """At most `wanted`, and always fewer than the vectors: so many have no direction left that varies."""
    return max(1, min(wanted, dim, rows - 1))


def half_whitened_pca(components: int) -> Reduce:
    """The first principal components, each divided by the root of its standard deviation, and all by one number.

    Half-way between components as they are, where the first few outweigh the rest, and whitened ones, where the last
    weigh as much as the first. In cross-validation on real photos linear SVMs on components as they are were 1 to 4
    points of macro-F1 worse on every extractor, and logistic regression about as good in more steps. The one number
    makes the mean variance 1, so that one range of C suits every extractor.
    """

    def reduce(vectors: NDArray[np.float32]) -> tuple[Pipeline, NDArray[np.float32]]:
        # PCA would take the mean off itself, but after its product, where float32 has few digits left of vectors that
        # are nearly alike. The mean is rounded to float32 as it would be then; what is lost thereby, PCA's mean holds.
        centre = StandardScaler(with_std=False).fit(vectors)
        centre.mean_ = centre.mean_.astype(np.float32).astype(np.float64)
        centred = centre.transform(vectors)
        pca = exact_pca(centred, components)
        deviations = np.sqrt(np.maximum(pca.explained_variance_, np.finfo(np.float32).tiny))
        pca.components_ /= np.sqrt(deviations * deviations.mean())[:, None]
        return Pipeline([("centre", centre), ("pca", pca)]), pca.transform(centred)

    return reduce


def exact_pca(vectors: NDArray[np.float32], components: int) -> PCA:
    """PCA of (n, d) vectors with at most `components` components.

    Components of next to no variance, which is rounding errors, are left out.

    From the (n, n) products of the photos, or the (d, d) ones of the columns where these are fewer: several times as
    quick as scikit-learn's solvers where columns are many, and with no draw of random projections to depend on.
    """
    rows, dim = vectors.shape
    pca = PCA(components)
    pca.mean_ = vectors.mean(axis=0)
    centred = vectors - pca.mean_
    products = centred @ centred.T if rows < dim else centred.T @ centred
    size = len(products)
    values, directions = eigh(products.astype(np.float64), subset_by_index=(max(0, size - components), size - 1))
    values, directions = np.maximum(values[::-1], 0), directions[:, ::-1].T.astype(np.float32)
    if rows < dim:
        directions = directions @ centred
        directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    pca.n_samples_, pca.n_features_in_ = rows, dim
    pca.n_components_ = max(1, int((values > _LEAST_VARIANCE * values[0]).sum()))
    pca.components_ = np.ascontiguousarray(directions[: pca.n_components_])
    pca.explained_variance_ = (values[: pca.n_components_] / (rows - 1)).astype(np.float32)
    return pca
