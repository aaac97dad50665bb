"""Figures of the similarity search: does a photo find other photos of its own shoe model?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import DataError

__all__ = ["RetrievalResult", "retrieval_metrics"]

_CELLS_AT_ONCE = 2_000_000
"""Query-photo pairs ranked at a time: about 60 MB, whatever the sizes of queries and gallery."""

_STEPS = 1_000_000
"""Similarities are ranked in steps of 1e-6: closer ones are ties, so that float rounding decides no order."""

_POSITION_BITS = 32


@dataclass(frozen=True, slots=True, eq=False)
class RetrievalResult:
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

    evaluated: NDArray[np.bool_]
    ks: tuple[int, ...]
    hits: NDArray[np.float64]
    average_precision: NDArray[np.float64]
    r_precision: NDArray[np.float64]
    map_at_r: NDArray[np.float64]
    relevant: NDArray[np.int64]
    nearest: NDArray[np.int64]
    nearest_scores: NDArray[np.float64]
    nearest_relevant: NDArray[np.bool_]

    @property
    def left_out(self) -> int:
        """Number of queries without any relevant photo in the gallery."""
        return int((~self.evaluated).sum())


def _unit_rows(vectors: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    rows = np.asarray(vectors, dtype=np.float32)
    norms = np.linalg.norm(rows, axis=1) if rows.ndim == 2 else np.empty(0)
    # A photo without any feature keeps a row of zeros; its similarity to everything is 0.
    if rows.ndim != 2 or not np.all((np.abs(norms - 1) < 1e-3) | (norms == 0)):
        raise DataError(f"The {name} vectors {rows.shape} must be rows of length 1; normalise them first.")
    return rows


def _check_sizes(queries: int, gallery: int, groups: tuple[int, int], own: NDArray[np.int64]) -> None:
    if groups != (queries, gallery) or own.shape != (queries,):
        raise DataError(
            f"{queries} queries and {gallery} gallery photos came with {groups[0]} and {groups[1]} groups and "
            f"{own.size} own positions; give one for each photo."
        )
    if not gallery or (own.size and (own.min() < -1 or own.max() >= gallery)):
        raise DataError(f"Own positions must lie in the gallery of {gallery} photos, or be -1 for a photo outside it.")


def _group_codes(queries: NDArray[np.str_], gallery: NDArray[np.str_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    codes = np.unique(np.concatenate([queries, gallery]), return_inverse=True)[1].reshape(-1).astype(np.int64)
    return codes[: len(queries)], codes[len(queries) :]


def _ranking(similarity: NDArray[np.float32], own: NDArray[np.int64]) -> NDArray[np.int64]:
    """Gallery positions (b, n) by falling similarity, ties by position; a query's own photo goes last.

    One integer holds similarity and position, so the keys are all different and a plain sort has only one answer.
    """
    keys = np.rint(np.clip(1 - similarity.astype(np.float64), 0, 2) * _STEPS).astype(np.int64)
    rows = np.flatnonzero(own >= 0)
    keys[rows, own[rows]] = 3 * _STEPS
    keys <<= _POSITION_BITS
    keys |= np.arange(similarity.shape[1], dtype=np.int64)
    keys.sort(axis=1)
    keys &= (1 << _POSITION_BITS) - 1
    return keys


def _precisions(ranked: NDArray[np.bool_], relevant: NDArray[np.int64]) -> list[NDArray[np.float64]]:
    """Average precision, R-precision and MAP@R of rankings (b, n) in which True marks a relevant photo."""
    size = len(relevant)
    rows, ranks = np.nonzero(ranked)
    first = np.concatenate([[0], np.cumsum(relevant)[:-1]])
    precision = (np.arange(rows.size) - first[rows] + 1) / (ranks + 1)
    within = ranks < relevant[rows]
    sums = (precision, within.astype(np.float64), precision * within)
    return [np.bincount(rows, weights=each, minlength=size) / relevant for each in sums]


def _top(
    order: NDArray[np.int64], similarity: NDArray[np.float32], own: NDArray[np.int64], depth: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The first `depth` of the ranking and their similarities, padded with -1 and NaN."""
    nearest = np.full((len(order), depth), -1, dtype=np.int64)
    head = order[:, :depth]
    nearest[:, : head.shape[1]] = np.where(head == own[:, None], -1, head)
    scores = np.take_along_axis(similarity, np.maximum(nearest, 0), axis=1).astype(np.float64)
    return nearest, np.where(nearest < 0, np.nan, scores)


def _blocks(size: int, gallery: int) -> Iterator[slice]:
    step = max(1, _CELLS_AT_ONCE // gallery)
    # A query set without rows still yields one empty block, which gives the empty arrays their shapes.
    yield from (slice(start, start + step) for start in range(0, max(size, 1), step))


def retrieval_metrics(
    queries: NDArray[np.float32],
    gallery: NDArray[np.float32],
    query_groups: Sequence[str] | NDArray[np.str_],
    gallery_groups: Sequence[str] | NDArray[np.str_],
    own: NDArray[np.int64],
    *,
    ks: Sequence[int] = (1, 5, 10),
) -> RetrievalResult:
    """Rank the gallery for each query by cosine similarity and measure where the relevant photos stand.

    `queries` (q, d) and `gallery` (n, d) are float32 rows of length 1 (a row of zeros is similar to nothing). A photo
    is relevant when its group (shoe model) is the query's. `own` (q,) is the position of the query's own photo in the
    gallery, which is left out of its ranking, or -1 where the query is not in it.

    Recall@k is meant as in metric learning (Musgrave et al. 2020, "A Metric Learning Reality Check"): 1 when **any**
    relevant photo is among the first k, not the share of relevant photos found. R-precision and MAP@R are defined
    there in section 3.2. Queries without a relevant photo are left out and counted. Ties (similarities within 1e-6)
    rank by gallery position. Works in blocks of queries, so memory does not grow with q·n. Raises DataError for
    vectors that are not unit rows, sizes that do not fit, or a k below 1.
    """
    vectors, photos = _unit_rows(queries, "query"), _unit_rows(gallery, "gallery")
    _check_sizes(len(vectors), len(photos), (len(query_groups), len(gallery_groups)), own)
    if vectors.shape[1] != photos.shape[1]:
        raise DataError(f"Query vectors have {vectors.shape[1]} dimensions, gallery vectors {photos.shape[1]}.")
    if not ks or min(ks) < 1:
        raise DataError(f"Recall@k needs k of 1 or more, not {list(ks)}.")
    wanted, offered = _group_codes(np.asarray(query_groups, dtype=np.str_), np.asarray(gallery_groups, dtype=np.str_))
    relevant = np.bincount(offered, minlength=max(wanted.max(initial=0), offered.max()) + 1)[wanted]
    relevant = relevant - ((own >= 0) & (offered[own] == wanted))
    kept = np.flatnonzero(relevant > 0)
    columns = [
        _block(vectors[rows] @ photos.T, offered == wanted[rows, None], own[rows], relevant[rows], tuple(ks))
        for rows in (kept[block] for block in _blocks(kept.size, len(photos)))
    ]
    return RetrievalResult(relevant > 0, tuple(ks), *(np.concatenate(parts) for parts in zip(*columns, strict=True)))


def _block(
    similarity: NDArray[np.float32],
    same: NDArray[np.bool_],
    own: NDArray[np.int64],
    relevant: NDArray[np.int64],
    ks: tuple[int, ...],
) -> tuple[NDArray[np.generic], ...]:
    """The columns of RetrievalResult from `hits` on, for one block of queries."""
    rows = np.flatnonzero(own >= 0)
    same[rows, own[rows]] = False
    order = _ranking(similarity, own)
    ranked = np.take_along_axis(same, order, axis=1)
    hits = np.column_stack([ranked[:, :k].any(axis=1) for k in ks]).astype(np.float64)
    nearest, scores = _top(order, similarity, own, max(ks))
    shown = np.take_along_axis(same, np.maximum(nearest, 0), axis=1) & (nearest >= 0)
    return (hits, *_precisions(ranked, relevant), relevant, nearest, scores, shown)
