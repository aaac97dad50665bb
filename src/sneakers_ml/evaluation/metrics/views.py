"""By what do vectors lie together: by brand, by view, or by source? As a number, and as a map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.bootstrap import Interval, Resampling, mean_interval
from sneakers_ml.features.extractor import unit_rows

__all__ = ["UNNAMED", "Agreement", "PhotoMap", "ViewAnalysis", "neighbour_agreement", "photo_map", "view_analysis"]

Strings = NDArray[np.str_]

UNNAMED = ""
"""The view of a photo whose view nobody tells."""

_NEIGHBOURS = 10
_SAMPLED, _MAPPED = 2_000, 800
"""Photos at most, of the figures and of the map: the first take time with the square of them, the second more."""

_PLACE_PHOTOS = 20
"""Fewer photos of a source at one place of its galleries say nothing about that place."""

_STEPS = 1_000_000
"""Similarities are ranked in steps of 1e-6: closer ones are ties, so that float rounding decides no order."""

_ORDER_BITS = 32
_PERPLEXITY = 30.0
_ITERATIONS = 500
"""Half of scikit-learn's default: 250 more took 800 photos' divergence down by 2 %, for two thirds more time."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far photos share a label with their neighbours beyond chance.

    label      what the photos share: "brand", "view", "position" or "source"
    values     number of different labels
    photos     photos counted
    observed   mean share of the neighbours with the photo's own label
    chance     mean of that share if the neighbours were drawn at random
    agreement  mean over photos of (observed - chance) / (1 - chance), with its interval over shoe models
    """

    label: str
    values: int
    photos: int
    observed: float
    chance: float
    agreement: Interval


@dataclass(frozen=True, slots=True, eq=False)
class PhotoMap:
    """A plane on which photos lie near their neighbours; directions and distances mean nothing else.

    points   (m, 2) float32
    brands   (m,)
    views    (m,) the view, or the place in the gallery, or `UNNAMED` where none is told
    sources  (m,)
    """

    points: NDArray[np.float32]
    brands: Strings
    views: Strings
    sources: Strings


@dataclass(frozen=True, slots=True, eq=False)
class ViewAnalysis:
    """What `view_analysis` answers; an agreement is None where the photos have no two labels to tell apart.

    `photos` were sampled, each compared with its `neighbours` nearest.
    """

    photos: int
    neighbours: int
    brand: Agreement | None
    view: Agreement | None
    source: Agreement | None
    map: PhotoMap

    @property
    def by_view(self) -> bool:
        """Whether the vectors lie together by view rather than by brand."""
        brand = self.brand.agreement.value if self.brand else 0.0
        return self.view is not None and self.view.agreement.value > brand


def view_analysis(
    vectors: NDArray[np.float32], photos: pd.DataFrame, seed: int, *, resamples: int = 1000, mapped: int = _MAPPED
) -> ViewAnalysis:
    """Compare each photo's nearest photos of **other** shoe models with the photo: same brand, same view, same source?

    `vectors` (n, d) float32, row i being the photo of row i of `photos` with the columns brand, view, position, source
    and model_id. At most 2,000 photos are taken, at most `mapped` of them for the map, which takes nearly all the time
    (0: an empty map); the same seed gives the same answer.

    The view is `view` where that is told for at least half of the photos and two views occur; else `position`, the
    place in the listing's gallery, since shops take their photos in a fixed order. A position means the same view only
    within one source, so there the neighbours are sought in the photo's own source, among places with 20 photos or
    more. Where galleries hold one photo each there is no view to judge.

    Raises DataError when vectors and photos do not fit together, or there are none.
    """
    if vectors.ndim != 2 or len(vectors) != len(photos) or not len(photos):
        raise DataError(f"The vectors {vectors.shape} and the {len(photos)} photos must have one row each per photo.")
    # In shuffled order, which also settles ties: photos beside each other in a table are alike.
    rows = np.random.default_rng(seed).permutation(len(photos))[:_SAMPLED]
    sample, units = photos.iloc[rows].reset_index(drop=True), unit_rows(np.asarray(vectors[rows], np.float32))
    similarity = units @ units.T
    resampling = Resampling(resamples, seed)
    models, brands, sources = (sample[column].to_numpy(str) for column in ("model_id", "brand", "source"))
    name, views = _views(sample)
    whole = np.zeros(len(sample), dtype=np.int64)
    pools = sources if name == "position" else whole
    shown = slice(mapped)
    return ViewAnalysis(
        len(sample),
        _NEIGHBOURS,
        neighbour_agreement("brand", similarity, brands, models, whole, resampling),
        neighbour_agreement(name, similarity, views, models, pools, resampling),
        neighbour_agreement("source", similarity, sources, models, whole, resampling),
        PhotoMap(photo_map(units[shown], seed), brands[shown], views[shown], sources[shown]),
    )


def _views(sample: pd.DataFrame) -> tuple[str, Strings]:
    """What the labels are, and each photo's, `UNNAMED` where it has none."""
    named = sample["view"].notna()
    if named.mean() >= 0.5 and sample["view"].nunique() >= 2:
        return "view", sample["view"].where(named, UNNAMED).to_numpy(str)
    places = sample.groupby(["source", "position"])["position"].transform("size") >= _PLACE_PHOTOS
    several = sample["position"].where(places).groupby(sample["source"]).transform("nunique") >= 2
    return "position", sample["position"].astype(str).where(places & several, UNNAMED).to_numpy(str)


def neighbour_agreement(
    name: str,
    similarity: NDArray[np.float32],
    labels: Strings,
    models: Strings,
    pools: NDArray[np.generic],
    resampling: Resampling,
    *,
    neighbours: int = _NEIGHBOURS,
) -> Agreement | None:
    """Agreement of n photos with the `neighbours` most similar photos of other shoe models and the same pool.

    `similarity` is (n, n); the rest holds one value a photo. Photos labelled `UNNAMED` take no part. Chance is exact:
    the share of the photo's own label among all photos that could have been its neighbours. It is taken off as in
    Cohen (1960), "A coefficient of agreement for nominal scales": 1 means that all neighbours share the label, 0 that
    as many do as at random. A photo whose candidates all share its label (chance 1), or that has none, says nothing
    and is left out; None when that leaves no photo.
    """
    rows = np.flatnonzero(labels != UNNAMED)
    codes = np.unique(labels[rows], return_inverse=True)[1].reshape(-1)
    same = codes[:, None] == codes
    allowed = (models[rows, None] != models[rows]) & (pools[rows, None] == pools[rows])
    candidates = allowed.sum(axis=1)
    chance = (same & allowed).sum(axis=1) / np.maximum(candidates, 1)
    counted = np.flatnonzero((candidates > 0) & (chance < 1))
    if not counted.size:
        return None
    nearest = _nearest(similarity[np.ix_(rows[counted], rows)], allowed[counted], neighbours)
    observed = (nearest & same[counted]).sum(axis=1) / nearest.sum(axis=1)
    expected = chance[counted]
    return Agreement(
        name,
        int(codes.max()) + 1,
        counted.size,
        float(observed.mean()),
        float(expected.mean()),
        mean_interval((observed - expected) / (1 - expected), models[rows[counted]], resampling),
    )


def _nearest(similarity: NDArray[np.float32], allowed: NDArray[np.bool_], count: int) -> NDArray[np.bool_]:
    """Which (m, n) are among the `count` most similar allowed columns of their row, all of them where they are fewer.

    One integer holds similarity and column, so that the keys all differ and the answer does not hang on the sorting.
    """
    keys = np.rint(np.clip(1 - similarity.astype(np.float64), 0, 2) * _STEPS).astype(np.int64)
    keys[~allowed] = 3 * _STEPS
    keys = keys << _ORDER_BITS | np.arange(keys.shape[1], dtype=np.int64)
    count = min(count, keys.shape[1])
    farthest = np.partition(keys, count - 1, axis=1)[:, count - 1, None]
    return np.asarray((keys <= farthest) & allowed)


def photo_map(vectors: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """Points (m, 2) of vectors (m, d): PCA to 50 dimensions, then t-SNE (van der Maaten and Hinton 2008).

    One thread and one seed give the same map every time. Fewer than four photos, or vectors that differ along fewer
    than two directions, have no neighbourhoods to keep: they are laid out by PCA alone.
    """
    size = min(50, *vectors.shape)
    if size < 2 or not np.ptp(vectors, axis=0).any():
        return np.zeros((len(vectors), 2), dtype=np.float32)
    with threadpool_limits(1):  # sums in one order; and threads that wait for each other cost more than they save
        reduced = PCA(size, svd_solver="randomized", random_state=seed).fit_transform(vectors.astype(np.float64))
        if len(vectors) < 4 or reduced[:, 1].std() < 1e-9:
            return np.asarray(reduced[:, :2], dtype=np.float32)
        return _tsne(reduced, seed)


def _tsne(vectors: NDArray[np.float64], seed: int) -> NDArray[np.float32]:
    perplexity = min(_PERPLEXITY, (len(vectors) - 1) / 3)
    tsne = TSNE(2, init="pca", perplexity=perplexity, max_iter=_ITERATIONS, random_state=seed, n_jobs=1)
    return np.asarray(tsne.fit_transform(vectors), dtype=np.float32)
