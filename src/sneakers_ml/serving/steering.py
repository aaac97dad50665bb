"""Relevance feedback: results that a person wants more of, or less of, move the query."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["UNSTEERED", "Steering", "steered"]

_MORE, _LESS = 0.75, 0.25


@dataclass(frozen=True, slots=True)
class Steering:
    """Photos of the gallery, by their ids, that a search shall be nearer to or further from."""

    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()


UNSTEERED = Steering()


def steered(vector: NDArray[np.float32], more: NDArray[np.float32], less: NDArray[np.float32]) -> NDArray[np.float32]:
    """The query (d,) moved towards the mean of `more` (n, d) and away from that of `less` (m, d), of unit length.

    Rocchio's rule (Manning et al., "Introduction to Information Retrieval", 2008, section 9.1.1), where what is wanted
    weighs more than what is not.
    """
    moved = vector.astype(np.float64)
    if len(more):
        moved = moved + _MORE * more.mean(axis=0)
    if len(less):
        moved = moved - _LESS * less.mean(axis=0)
    return (moved / np.linalg.norm(moved)).astype(np.float32)
