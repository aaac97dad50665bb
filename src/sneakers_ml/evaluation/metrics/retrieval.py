"""Figures of the similarity search: does a photo find other photos of its own shoe model?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import DataError

__all__ = ["RetrievalMetrics", "ranking", "retrieval_metrics"]

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

_CELLS_AT_ONCE = 2_000_000
"""Query-photo pairs ranked at a time: about 60 MB, whatever the sizes of queries and gallery."""

_STEPS = 1_000_000
"""Similarities are ranked in steps of 1e-6: closer ones are ties, so that float rounding decides no order."""

_POSITION_BITS = 32


@dataclass(frozen=True, slots=True, eq=False)
class RetrievalMetrics:
    """Figures per query, for the m of q queries that have a relevant photo; all arrays but `evaluated` have m rows.

    evaluated          (q,) which queries have a relevant photo in the gallery; the others are left out
    ks                 the k of each column of `hits`
    hits               (m, len(ks)) 1.0 where a relevant photo is among the first k
    average_precision  (m,) over the whole ranking; its mean is mAP
    r_precision        (m,) share of relevant photos among the first R, R = number of relevant photos
    map_at_r           (m,) average precision cut at rank R; its mean is MAP@R
    relevant           (m,) R
    nearest            (m, max(ks)) gallery positions by rank, -1 past the end of a short gallery
    nearest_scores     (m, max(ks)) their cosine similarities, NaN for -1
    nearest_relevant   (m, max(ks)) whether each is relevant
    """

    evaluated: Bools
    ks: tuple[int, ...]
    hits: Floats
    average_precision: Floats
    r_precision: Floats
    map_at_r: Floats
    relevant: NDArray[np.int64]
    nearest: NDArray[np.int64]
    nearest_scores: Floats
    nearest_relevant: Bools


def ranking(similarity: NDArray[np.float32], allowed: Bools) -> NDArray[np.int64]:
    """Columns of cosine similarities (b, n) by falling similarity, ties by column; those not `allowed` (b, n) go last.

    One integer holds similarity and column, so the keys are all different and a plain sort has only one answer.
    """
    keys = np.rint(np.clip(1 - similarity.astype(np.float64), 0, 2) * _STEPS).astype(np.int64)
    keys[~allowed] = 3 * _STEPS
    keys <<= _POSITION_BITS
    keys |= np.arange(similarity.shape[1], dtype=np.int64)
    keys.sort(axis=1)
    keys &= (1 << _POSITION_BITS) - 1
    return keys


def retrieval_metrics(
    queries: NDArray[np.float32],
    gallery: NDArray[np.float32],
    query_groups: Sequence[str] | NDArray[np.str_],
    gallery_groups: Sequence[str] | NDArray[np.str_],
    own: NDArray[np.int64],
    *,
    ks: Sequence[int] = (1, 5, 10),
) -> RetrievalMetrics:
    """Rank the gallery for each query by cosine similarity and measure where the relevant photos stand.

    A photo is relevant when its group (shoe model) is the query's. Recall@k is meant as in metric learning (Musgrave et
    al. 2020, "A Metric Learning Reality Check"): 1 when **any** relevant photo is among the first k, not the share of
    relevant photos found. R-precision and MAP@R are defined there in section 3.2. Queries without a relevant photo are
    left out. Ties (similarities within 1e-6) rank by gallery position. Works in blocks of queries, so memory does not
    grow with q·n.

    Args:
        queries: (q, d) float32 rows of length 1; a row of zeros is similar to nothing.
        gallery: (n, d) likewise.
        query_groups: (q,)
        gallery_groups: (n,)
        own: (q,) position of the query's own photo in the gallery, which is left out of its ranking; -1 without one.
        ks: the k of recall@k.

    Raises:
        DataError: for vectors that are not unit rows, sizes that do not fit, or a k below 1.
    """
    vectors, photos = _unit_rows(queries, "query"), _unit_rows(gallery, "gallery")
    if (len(query_groups), len(gallery_groups)) != (len(vectors), len(photos)) or own.shape != (len(vectors),):
        raise DataError(
            f"{len(vectors)} queries and {len(photos)} gallery photos came with {len(query_groups)} and "
            f"{len(gallery_groups)} groups and {own.size} own positions; give one for each photo."
        )
    if not len(photos) or (own.size and (own.min() < -1 or own.max() >= len(photos))):
        raise DataError(f"Own positions must lie in the gallery of {len(photos)} photos, or be -1 outside it.")
    if vectors.shape[1] != photos.shape[1]:
        raise DataError(f"Query vectors have {vectors.shape[1]} dimensions, gallery vectors {photos.shape[1]}.")
    if not ks or min(ks) < 1:
        raise DataError(f"Recall@k needs k of 1 or more, not {list(ks)}.")
    groups = np.unique(np.concatenate([query_groups, gallery_groups]).astype(np.str_), return_inverse=True)[1]
    wanted, offered = groups[: len(vectors)], groups[len(vectors) :]
    positions, step = np.arange(len(photos)), max(1, _CELLS_AT_ONCE // len(photos))
    evaluated, columns = np.zeros(len(vectors), np.bool_), []
    # A query set without rows still makes one empty block, which gives the empty arrays their shapes.
    for start in range(0, max(len(vectors), 1), step):
        rows = np.arange(start, min(start + step, len(vectors)))
        relevant = (offered == wanted[rows, None]) & (positions != own[rows, None])
        kept = relevant.any(axis=1)
        evaluated[rows] = kept
        allowed = positions != own[rows[kept], None]
        columns.append(_query_figures(vectors[rows[kept]] @ photos.T, allowed, relevant[kept], ks))
    return RetrievalMetrics(evaluated, tuple(ks), *(np.concatenate(parts) for parts in zip(*columns, strict=True)))


def _unit_rows(vectors: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    rows = np.asarray(vectors, dtype=np.float32)
    norms = np.linalg.norm(rows, axis=1) if rows.ndim == 2 else np.empty(0)
    # A photo without any feature keeps a row of zeros; its similarity to everything is 0.
    if rows.ndim != 2 or not np.all((np.abs(norms - 1) < 1e-3) | (norms == 0)):
        raise DataError(f"The {name} vectors {rows.shape} must be rows of length 1; normalise them first.")
    return rows


def _query_figures(
    similarity: NDArray[np.float32], allowed: Bools, relevant: Bools, ks: Sequence[int]
) -> tuple[NDArray[np.generic], ...]:
    """The columns of RetrievalMetrics from `hits` on, for a block of queries that have a relevant photo each."""
    order = ranking(similarity, allowed)
    ranked = np.take_along_axis(relevant, order, axis=1)
    hits = np.column_stack([ranked[:, :k].any(axis=1) for k in ks]).astype(np.float64)
    number = relevant.sum(axis=1)
    rows, ranks = np.nonzero(ranked)
    first = np.concatenate([[0], np.cumsum(number)[:-1]])
    precision = (np.arange(rows.size) - first[rows] + 1) / (ranks + 1)
    within = ranks < number[rows]
    sums = (precision, within.astype(np.float64), precision * within)
    figures = [np.bincount(rows, weights=each, minlength=len(number)) / number for each in sums]
    head = order[:, : max(ks)]
    padding = ((0, 0), (0, max(ks) - head.shape[1]))
    there = np.pad(np.take_along_axis(allowed, head, axis=1), padding)
    nearest = np.where(there, np.pad(head, padding), -1)
    scores = np.take_along_axis(similarity, np.maximum(nearest, 0), axis=1).astype(np.float64)
    shown = np.pad(ranked[:, : max(ks)], padding)
    return hits, *figures, number, nearest, np.where(there, scores, np.nan), shown
