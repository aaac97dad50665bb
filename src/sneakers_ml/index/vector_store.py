"""What a store of vectors is; engines beyond one machine implement the same."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["VectorStore"]


class VectorStore(Protocol):
    """Unit vectors under 64-bit ids, searched by inner product."""

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Keep (n, d) unit rows under n new ids."""

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Forget ids; unknown ones are ignored. Returns how many were there."""

    def search(
        self, queries: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """(q, k) scores, falling, and ids of the nearest rows, among `allowed` ids only; -1 fills what is missing."""

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """(n, d) unit rows of n ids that are there, as exact as the store keeps them."""

    def __len__(self) -> int:
        """Number of vectors."""
