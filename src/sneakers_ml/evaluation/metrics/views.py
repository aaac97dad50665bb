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
from sneakers_ml.evaluation.metrics.bootstrap import Interval, Resampling, mean_intervals
from sneakers_ml.evaluation.metrics.retrieval import ranking
from sneakers_ml.vectors import unit_rows

__all__ = ["UNNAMED", "PhotoMap", "ViewAnalysis", "neighbour_agreement", "photo_map", "view_analysis"]

Strings = NDArray[np.str_]

UNNAMED = ""
"""The view of a photo whose view is not known."""

_NEIGHBOURS = 10
_SAMPLED, _MAPPED = 2_000, 800
"""Photos at most, of the figures and of the map: the first take time with the square of them, the second more."""

_PLACE_PHOTOS = 20
"""Fewer photos of a source at one place of its galleries say nothing about that place."""

_PERPLEXITY = 30.0
_ITERATIONS = 500
"""Half of scikit-learn's default: 250 more took 800 photos' divergence down by 2 %, for two thirds more time."""


@dataclass(frozen=True, slots=True, eq=False)
class PhotoMap:
    """A plane on which photos lie near their neighbours; directions and distances mean nothing else.

    points  (m, 2) float32
    rows    (m,) positions of the photos among those that were given
    views   (m,) the view, or the place in the gallery, or `UNNAMED` where neither is known
    """

    points: NDArray[np.float32]
    rows: NDArray[np.int64]
    views: Strings


@dataclass(frozen=True, slots=True, eq=False)
class ViewAnalysis:
    """What `view_analysis` returns: how far neighbours agree by brand, view and source, and a map.

    photos      number of photos sampled
    neighbours  nearest photos that each was compared with
    brand       agreement beyond chance; None where the photos have no two brands to tell apart
    view        likewise
    source      likewise
    view_label  what stands for the view: "view", or "position", the place in the gallery
    """

    photos: int
    neighbours: int
    brand: Interval | None
    view: Interval | None
    source: Interval | None
    view_label: str
    map: PhotoMap


def view_analysis(
    vectors: NDArray[np.float32], photos: pd.DataFrame, resampling: Resampling, *, mapped: int = _MAPPED
) -> ViewAnalysis:
    """Compare each photo's nearest photos of **other** shoe models with the photo: same brand, same view, same source?

    The view is `view` where that is known of at least half of the photos and two views occur; else `position`, the
    place in the listing's gallery, since shops take their photos in a fixed order. A position means the same view only
    within one source, so there the neighbours are sought in the photo's own source, among places with 20 photos or
    more. Where galleries hold one photo each there is no view to compare.

    Args:
        vectors: (n, d) float32.
        photos: row i is the photo of vector i; with the columns brand, view, position, source and model_id.
        resampling: of the intervals; its seed also picks the 2,000 photos taken at most, and gives the map.
        mapped: photos on the map at most, which takes nearly all the time; 0: an empty map.

    Raises:
        DataError: when vectors and photos do not fit together, or there are none.
    """
    if vectors.ndim != 2 or len(vectors) != len(photos) or not len(photos):
        raise DataError(f"The vectors {vectors.shape} and the {len(photos)} photos must have one row each per photo.")
    # In shuffled order, which also settles ties: photos beside each other in a table are alike.
    rows = np.random.default_rng(resampling.seed).permutation(len(photos))[:_SAMPLED]
    sample, units = photos.iloc[rows].reset_index(drop=True), unit_rows(np.asarray(vectors[rows], np.float32))
    similarity = units @ units.T
    models, brands, sources = (sample[column].to_numpy(str) for column in ("model_id", "brand", "source"))
    label, views = _views(sample)
    whole = np.zeros(len(sample), dtype=np.int64)
    shown = slice(mapped)
    return ViewAnalysis(
        len(sample),
        _NEIGHBOURS,
        neighbour_agreement(similarity, brands, models, whole, resampling),
        neighbour_agreement(similarity, views, models, sources if label == "position" else whole, resampling),
        neighbour_agreement(similarity, sources, models, whole, resampling),
        label,
        PhotoMap(photo_map(units[shown], resampling.seed), rows[shown], views[shown]),
    )


def _views(sample: pd.DataFrame) -> tuple[str, Strings]:
    """What stands for the view, and each photo's, `UNNAMED` where it has none."""
    named = sample["view"].notna()
    if named.mean() >= 0.5 and sample["view"].nunique() >= 2:
        return "view", sample["view"].where(named, UNNAMED).to_numpy(str)
    places = sample.groupby(["source", "position"])["position"].transform("size") >= _PLACE_PHOTOS
    several = sample["position"].where(places).groupby(sample["source"]).transform("nunique") >= 2
    return "position", sample["position"].astype(str).where(places & several, UNNAMED).to_numpy(str)


def neighbour_agreement(
    similarity: NDArray[np.float32],
    labels: Strings,
    models: Strings,
    pools: NDArray[np.generic],
    resampling: Resampling,
    *,
    neighbours: int = _NEIGHBOURS,
) -> Interval | None:
    """How far photos share a label with their neighbours: those most similar, of other shoe models and the same pool.

    The mean over photos of (observed - chance) / (1 - chance), as in Cohen (1960), "A coefficient of agreement for
    nominal scales": 1 means that all neighbours share the label, 0 that as many do as at random. Chance is exact: the
    share of the photo's own label among all photos that could have been its neighbours. A photo whose candidates all
    share its label (chance 1), or that has none, says nothing and is left out; None when that leaves no photo.

    Args:
        similarity: (n, n) cosines.
        labels: (n,) what is compared; photos labelled `UNNAMED` take no part.
        models: (n,) shoe models, resampled together.
        pools: (n,) neighbours are sought among the photos of the same value.
        resampling: of the interval.
        neighbours: number of neighbours of each photo, or fewer where it has fewer candidates.
    """
    rows = np.flatnonzero(labels != UNNAMED)
    same = labels[rows, None] == labels[rows]
    allowed = (models[rows, None] != models[rows]) & (pools[rows, None] == pools[rows])
    candidates = allowed.sum(axis=1)
    chance = (same & allowed).sum(axis=1) / np.maximum(candidates, 1)
    counted = np.flatnonzero((candidates > 0) & (chance < 1))
    if not counted.size:
        return None
    similar, allowed, same, chance = (
        similarity[np.ix_(rows[counted], rows)],
        *(each[counted] for each in (allowed, same, chance)),
    )
    nearest = ranking(similar, allowed)[:, :neighbours]
    found, agree = (np.take_along_axis(each, nearest, axis=1) for each in (allowed, same & allowed))
    agreement = (agree.sum(axis=1) / found.sum(axis=1) - chance) / (1 - chance)
    return mean_intervals({"agreement": agreement}, models[rows[counted]], resampling)["agreement"]


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
        perplexity = min(_PERPLEXITY, (len(vectors) - 1) / 3)
        tsne = TSNE(2, init="pca", perplexity=perplexity, max_iter=_ITERATIONS, random_state=seed, n_jobs=1)
        return np.asarray(tsne.fit_transform(reduced), dtype=np.float32)
