"""What a store of vectors is, and the kinds of stores; engines beyond one machine implement the same."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import DataError
from sneakers_ml.index.filters import Facts, ProductFilter
from sneakers_ml.registry import Registry

__all__ = [
    "STORES",
    "Place",
    "Sample",
    "SharedStore",
    "StoreKind",
    "VectorStore",
    "check_rows",
    "nothing_found",
    "open_store",
]


class VectorStore(Protocol):
    """Unit vectors under 64-bit ids, searched by inner product."""

    @property
    def ids(self) -> set[int]:
        """Those of all vectors."""

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32], facts: Sequence[Facts] | None = None) -> None:
        """Keep (n, d) unit rows under n new ids; a store that filters by itself keeps the n products' facts too.

        Raises:
            DataError: when an id is there already, occurs twice, or the rows aren't n of unit length d.
        """

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Forget ids; unknown ones are ignored. Returns how many were there."""

    def search(
        self, queries: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """(q, k) scores, falling, and ids of the nearest rows, among `allowed` ids only; -1 fills what is missing."""

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """(n, d) unit rows of n ids that are there, as exact as the store keeps them.

        Raises:
            KeyError: when an id isn't there.
        """

    def save(self, path: Path) -> None:
        """Write the first of the store's files, and the others beside it."""

    def __len__(self) -> int:
        """Number of vectors."""


class SharedStore(VectorStore, ABC):
    """Lies on a server: who changes it changes it for all who read. It filters and groups by itself.

    It may hold more than a gallery shows: what an update has added already, or not yet taken away.
    """

    @abstractmethod
    def search_products(
        self, query: NDArray[np.float32], k: int, where: ProductFilter | None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """(k,) scores, falling, and ids of the best photo of each of the nearest products; -1 fills what is missing.

        Every product that passes `where` is among them by its score; some that do not may be.
        """

    @abstractmethod
    def replace(self, ids: NDArray[np.int64], vectors: NDArray[np.float32], facts: Sequence[Facts]) -> None:
        """Put rows and facts in the place of what is kept under n ids, in one step for who reads."""


@dataclass(frozen=True)
class Place:
    """Where an index lies, and of what make its vectors are."""

    folder: Path
    dim: int
    codec: str = "fp16"
    settings: Any = None
    """The store's own, of its section of params.yaml."""


Sample = Callable[[int], NDArray[np.float32]]
"""Gives at most so many of the vectors to come, (n, d)."""


class StoreKind(Protocol):
    """How a store comes to be and is found again; its own section of params.yaml is given as `Place.settings`."""

    files: ClassVar[tuple[str, ...]]
    """What `save` writes, in an index's folder."""
    shared: ClassVar[bool]
    """Whether its stores are each a `SharedStore`."""

    @classmethod
    def create(cls, place: Place, count: int, sample: Sample) -> VectorStore:
        """An empty store for some `count` vectors, which it may learn from first."""

    @classmethod
    def open(cls, place: Place, count: int) -> VectorStore:
        """The store that was saved in a folder, of `count` vectors; a shared one may hold more.

        Raises:
            BundleError: when it is missing, damaged, or of another number or length of vectors.
        """


STORES: Registry[type[StoreKind]] = Registry("vector store", "sneakers_ml.index", section="index.stores")
"""Name -> kind of store."""


def open_store(name: str, folder: Path, dim: int, count: int, codec: str, settings: Mapping[str, Any]) -> VectorStore:
    """The store of an index folder.

    Raises:
        BundleError: when it is missing, damaged, or of another number or length of vectors.
        UsageError: when this version knows no such store, or it needs an extra that is not installed.
    """
    kind = STORES[name]
    return kind.open(Place(folder, dim, codec, STORES.settings(name, {name: dict(settings)})), count)


def nothing_found(queries: int, k: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """What a search answers where nothing is: (queries, k) scores and ids."""
    return np.full((queries, k), -np.inf, np.float32), np.full((queries, k), -1, np.int64)


def check_rows(
    ids: NDArray[np.int64], vectors: NDArray[np.float32], dim: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """What is to be added, of the types that engines take.

    Raises:
        DataError: when an id occurs twice, or the rows aren't n of unit length `dim`.
    """
    ids, vectors = np.ascontiguousarray(ids, np.int64), np.ascontiguousarray(vectors, np.float32)
    if vectors.shape != (len(ids), dim):
        raise DataError(f"index: vectors of shape {vectors.shape}, not ({len(ids)}, {dim})")
    if len(np.unique(ids)) < len(ids):
        raise DataError("index: an id is there already; remove it before adding it again")
    if not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3):
        raise DataError("index: vectors must be of unit length")
    return ids, vectors
