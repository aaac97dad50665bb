"""Does a title find the photos of its product?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.evaluation.metrics.bootstrap import Interval, Resampling, mean_intervals

__all__ = ["NEAREST", "chance", "found", "recall"]

NEAREST = 10


def found(similarity: NDArray[np.floating], relevant: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(n,) 1 where one of a query's first ten is relevant, else 0; equals keep the gallery's order.

    Args:
        similarity: (n, gallery).
        relevant: likewise.
    """
    first = np.argsort(-similarity, axis=1, kind="stable")[:, :NEAREST]
    return np.asarray(np.take_along_axis(relevant, first, axis=1).any(axis=1), np.float64)


def chance(relevant: NDArray[np.bool_]) -> float:
    """Mean over queries of how likely ten photos drawn at random hold a relevant one."""
    size, counts = relevant.shape[1], relevant.sum(axis=1)
    missed = [
        np.prod([max(size - count - drawn, 0) / (size - drawn) for drawn in range(min(NEAREST, size))])
        for count in counts
    ]
    return float(1 - np.mean(missed))


def recall(hits: NDArray[np.float64], groups: NDArray[np.str_], resampling: Resampling) -> Interval:
    """Mean of `found`, with an interval by a bootstrap over the queries' models."""
    return mean_intervals({"recall": hits}, groups, resampling)["recall"]
