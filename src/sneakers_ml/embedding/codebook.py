"""The codebook of local descriptors: fitted on training photos, written as the graph that encodes a shoe."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from sneakers_ml import images
from sneakers_ml.embedding.sift_encoder import Mixture, Projection, Words, write_bow, write_fisher, write_vlad
from sneakers_ml.errors import BadImage, DataError
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.sift import COLUMNS, DESCRIPTOR, describe, weigh_place
from sneakers_ml.parallel import ordered_map
from sneakers_ml.workspace.params import SiftParams

__all__ = ["fit_codebook", "sample_descriptors"]

_READERS = 2
_PER_PHOTO = 10  # descriptors of the sample a photo, at least: beyond sample / 10 photos more would add little
_PER_WORD = 4  # descriptors, at least; fewer make words of single patches
_KMEANS_ROUNDS = 20
_EM_ROUNDS = 5  # more did not recognise better on real photos
_LEAST_VARIANCE = 1e-3  # of points whose overall variance is 1
_LEAST_WEIGHT = 1e-6


def fit_codebook(files: Sequence[Path], params: SiftParams, graph: Path) -> int:
    """Fit PCA and words, or a mixture of Gaussians, on photos' descriptors, and write the encoder to `graph`.

    Points are RootSIFT reduced by PCA and divided by one number, their standard deviation, with the weighed place
    beside; what is not whitened keeps the weight that its axis has in RootSIFT. The same photos and parameters give
    the same bytes on one machine, however many cores it has.

    Args:
        files: training photos; beyond a tenth of `params.sample` an even choice by seed is read.
        params: the settings.
        graph: where the encoder goes: (n, 130) float32 rows of `weigh_place(describe(...))` to a unit vector.

    Returns:
        Length of a vector.

    Raises:
        DataError: when a photo cannot be read, or the photos have too few descriptors for the words.
    """
    rows = weigh_place(sample_descriptors(files, params), params.place)
    needed = max(_PER_WORD * params.words, params.components)
    if len(rows) < needed:
        raise DataError(
            f"sift: the {len(files)} training photos have {len(rows)} descriptors, {params.words} words of"
            f" {params.components} components need {needed}; lower embed.sift.words or components in params.yaml, or"
            " add photos"
        )
    # One thread: sums in one order, so that any number of cores gives one codebook.
    with threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the rounds are few on purpose
        projection = _fit_projection(rows, params)
        return _fit_words((rows - projection.centre) @ projection.matrix, projection, params, graph)


def sample_descriptors(files: Sequence[Path], params: SiftParams) -> NDArray[np.float32]:
    """(n, 130) rows of `describe`, n up to `params.sample`, each descriptor of the photos read as likely as another.

    Each descriptor draws a number by seed, and those with the smallest are kept: at no time are more than about twice
    as many in memory.

    Raises:
        DataError: when a photo cannot be read.
    """
    random = np.random.default_rng(params.seed)
    most = params.sample // _PER_PHOTO
    if len(files) > most:
        files = [files[place] for place in np.sort(random.choice(len(files), most, replace=False))]
    kept, draws = np.zeros((0, COLUMNS), np.float32), np.zeros(0)
    waiting = [(kept, draws)]
    for rows in ordered_map(partial(_describe_file, params=params), files, workers=_READERS):
        waiting.append((rows, random.random(len(rows))))
        if sum(len(numbers) for _, numbers in waiting) > 2 * params.sample:
            waiting = [_smallest(waiting, params.sample)]
    return _smallest(waiting, params.sample)[0]


def _smallest(
    parts: Sequence[tuple[NDArray[np.float32], NDArray[np.float64]]], count: int
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """The `count` rows with the smallest draws, in the order of the photos."""
    rows, draws = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    chosen = np.sort(np.argsort(draws, kind="stable")[:count])
    return rows[chosen], draws[chosen]


def _describe_file(file: Path, params: SiftParams) -> NDArray[np.float32]:
    try:
        photo = images.read(file)
    except BadImage as error:
        raise DataError(f"{file}: {error} Or run `sneakers photos` again.") from None
    return describe(cut(photo, shoe_region(photo)), **params.grid)


def _fit_projection(rows: NDArray[np.float32], params: SiftParams) -> Projection:
    """PCA of the descriptor in its columns, and the place, where it has a weight, as it is."""
    pca = PCA(params.components, svd_solver="covariance_eigh").fit(rows[:, :DESCRIPTOR].astype(np.float64))
    spread = np.sqrt(pca.explained_variance_.mean())
    place = COLUMNS - DESCRIPTOR if params.place else 0
    matrix = np.zeros((COLUMNS, params.components + place))
    matrix[:DESCRIPTOR, : params.components] = pca.components_.T / max(spread, np.finfo(np.float32).eps)
    matrix[DESCRIPTOR:, params.components :] = np.eye(COLUMNS - DESCRIPTOR, place)
    return Projection(np.pad(pca.mean_, (0, COLUMNS - DESCRIPTOR)), matrix)


def _fit_words(points: NDArray[np.float64], projection: Projection, params: SiftParams, graph: Path) -> int:
    clusters = KMeans(params.words, n_init=1, max_iter=_KMEANS_ROUNDS, random_state=params.seed)
    clusters.fit(points.astype(np.float32))
    words = Words(np.asarray(clusters.cluster_centers_, np.float64))
    if params.encoding == "fisher":
        return write_fisher(projection, _fit_mixture(points, words, clusters.labels_, params), graph)
    write = write_bow if params.encoding == "bow" else write_vlad
    return write(projection, words, graph)


def _fit_mixture(points: NDArray[np.float64], words: Words, labels: NDArray[np.int32], params: SiftParams) -> Mixture:
    """Expectation maximisation from the words, each with its share of the points and the spread around all words."""
    shares = np.maximum(np.bincount(labels, minlength=params.words) / len(points), _LEAST_WEIGHT)
    spread = np.maximum(np.var(points - words.centres[labels], axis=0), _LEAST_VARIANCE)
    mixture = GaussianMixture(
        params.words,
        covariance_type="diag",
        reg_covar=_LEAST_VARIANCE,
        max_iter=_EM_ROUNDS,
        weights_init=shares / shares.sum(),
        means_init=words.centres,
        precisions_init=np.tile(1 / spread, (params.words, 1)),
        init_params="random_from_data",  # all is given above; this is the way that computes nothing more
        random_state=params.seed,
    ).fit(points)
    weights = np.maximum(mixture.weights_, _LEAST_WEIGHT)
    return Mixture(weights / weights.sum(), mixture.means_, mixture.covariances_)
