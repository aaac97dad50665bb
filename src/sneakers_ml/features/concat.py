"""The extractor `concat`: vectors of other extractors side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sneakers_ml.features.extractor import Extractor

__all__ = ["Concat", "joined_rows", "unit_rows"]


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows scaled to unit length; a zero row stays zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, np.finfo(np.float32).tiny), np.float32)


def joined_rows(parts: Sequence[NDArray[np.float32]], start: int, chunk: int) -> Iterator[NDArray[np.float32]]:
    """The rows from `start` on of arrays (n, d_i), which may be memory-mapped: (up to `chunk`, sum of d_i) at a time.

    Each part's rows are scaled to unit length, so that none outweighs the others for the size of its numbers.
    """
    for first in range(start, len(parts[0]), chunk):
        yield np.hstack([unit_rows(_rows(part, first, first + chunk)) for part in parts])


def _rows(part: NDArray[np.float32], start: int, stop: int) -> NDArray[np.float32]:
    """Some of the rows; those of a mapped file are read from it, as pages once touched would stay mapped."""
    if not isinstance(part, np.memmap):
        return part[start:stop]
    count = (min(stop, len(part)) - start) * part.shape[1]
    read = np.fromfile(str(part.filename), part.dtype, count, offset=part.offset + start * part.strides[0])
    return np.asarray(read.reshape(-1, part.shape[1]))


class Concat:
    """Several extractors as one."""

    def __init__(self, parts: Sequence[Extractor]) -> None:
        self._parts = tuple(parts)

    @property
    def dim(self) -> int:
        return sum(part.dim for part in self._parts)

    def transform(self, shoes: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(n, dim) float32 of n shoes, each (H, W, 3) RGB: the parts' unit rows side by side."""
        return np.hstack([unit_rows(part.transform(shoes)) for part in self._parts])
