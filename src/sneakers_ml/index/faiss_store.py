"""Vectors in faiss, on one machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import BundleError, DataError
from sneakers_ml.files import write_atomically
from sneakers_ml.index.filters import Facts
from sneakers_ml.index.vector_store import STORES, Place, Sample, check_rows
from sneakers_ml.parallel import NoFork

__all__ = ["CODECS", "FaissStore"]

CODECS = ("flat", "fp16")


class FaissStore:
    """Exact inner-product search (Douze et al., "The Faiss library", 2024); `fp16` halves memory and time.

    Searching is thread-safe; adding and removing are not, and must not overlap with a search.
    """

    def __init__(self, index: Any) -> None:
        self._index = index
        self._no_fork = NoFork("index")

    @classmethod
    def create(cls, dim: int, codec: str = "fp16") -> Self:
        """An empty store.

        Raises:
            DataError: when the codec is not one of `CODECS`.
        """
        if codec not in CODECS:
            raise DataError(f"index.codec: {codec!r} is not one of {', '.join(CODECS)}")
        inner = faiss.METRIC_INNER_PRODUCT
        quantizer = faiss.ScalarQuantizer.QT_fp16
        flat = faiss.IndexFlatIP(dim) if codec == "flat" else faiss.IndexScalarQuantizer(dim, quantizer, inner)
        return cls(faiss.IndexIDMap2(flat))

    @classmethod
    def load(cls, path: Path, *, dim: int, count: int) -> Self:
        """Read an index file.

        Raises:
            BundleError: when it is missing, damaged, or not of `count` vectors of length `dim`.
        """
        try:
            index = faiss.deserialize_index(np.fromfile(path, np.uint8))
        except (OSError, RuntimeError, MemoryError, AssertionError):
            raise BundleError(f"{path}: missing or damaged; run `sneakers index`") from None
        if not isinstance(index, faiss.IndexIDMap2):
            raise BundleError(f"{path}: not an index of this project; run `sneakers index`")
        if (index.d, index.ntotal) != (dim, count):
            raise BundleError(f"{path}: {index.ntotal} vectors of {index.d} numbers, not {count} of {dim}; rebuild it")
        # Faiss reads what its own fields promise without looking whether it is there.
        if not any(_like(index, cls.create(dim, codec)._index) for codec in CODECS):
            raise BundleError(f"{path}: damaged; run `sneakers index`")
        return cls(index)

    @property
    def ids(self) -> set[int]:
        """Those of all vectors."""
        return set(faiss.vector_to_array(self._index.id_map).tolist())

    def save(self, path: Path) -> None:
        """Write the index file, whole or not at all."""
        write_atomically(path, faiss.serialize_index(self._index).tobytes())

    def add(
        self,
        ids: NDArray[np.int64],
        vectors: NDArray[np.float32],
        facts: Sequence[Facts] | None = None,  # noqa: ARG002 - the gallery filters for it
    ) -> None:
        """Keep (n, d) unit rows under n new ids.

        Raises:
            DataError: when an id is there already, occurs twice, or the rows aren't n of unit length d.
        """
        ids, vectors = check_rows(ids, vectors, self._index.d)
        if np.isin(ids, faiss.vector_to_array(self._index.id_map)).any():
            raise DataError("index: an id is there already; remove it before adding it again")
        if len(ids):
            self._index.add_with_ids(vectors, ids)

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Forget ids; unknown ones are ignored. Returns how many were there."""
        ids = np.ascontiguousarray(ids, np.int64)
        return int(self._index.remove_ids(faiss.IDSelectorBatch(ids))) if len(ids) else 0

    def search(
        self, queries: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """(q, k) scores, falling, and ids of the nearest rows, among `allowed` ids only; -1 fills what is missing.

        Raises:
            BundleError: when the store is of a process from which this one was forked.
        """
        self._no_fork.check()
        queries = np.ascontiguousarray(queries, np.float32)
        if allowed is None:
            scores, ids = self._index.search(queries, k)
        elif len(allowed) == 0:
            shape = (len(queries), k)
            return np.full(shape, -np.inf, np.float32), np.full(shape, -1, np.int64)
        else:
            selector = faiss.IDSelectorBatch(np.ascontiguousarray(allowed, np.int64))
            scores, ids = self._index.search(queries, k, params=faiss.SearchParameters(sel=selector))  # type: ignore[call-arg]
        return scores, ids

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """(n, d) unit rows of n ids, as exact as the codec keeps them.

        Raises:
            KeyError: when an id isn't there.
        """
        try:
            rows = [self._index.reconstruct(int(each)) for each in ids]
        except RuntimeError:
            raise KeyError("index: no such id") from None
        return np.array(rows, np.float32).reshape(len(ids), self._index.d)

    def __len__(self) -> int:
        return int(self._index.ntotal)


@STORES.register("faiss")
class Flat:
    """Every vector is looked at: exact, and as quick as memory is read; for up to some 100,000."""

    files: ClassVar[tuple[str, ...]] = ("index.faiss",)
    shared: ClassVar[bool] = False

    @classmethod
    def create(cls, place: Place, count: int, sample: Sample) -> FaissStore:  # noqa: ARG003
        """An empty store."""
        return FaissStore.create(place.dim, place.codec)

    @classmethod
    def open(cls, place: Place, count: int) -> FaissStore:
        """The store that was saved."""
        return FaissStore.load(place.folder / cls.files[0], dim=place.dim, count=count)


def _like(index: Any, fresh: Any) -> bool:
    """Whether a loaded index is of the kind of a fresh one, and holds as many bytes and ids as it says."""
    inner: Any = faiss.downcast_index(index.index)
    other: Any = faiss.downcast_index(fresh.index)
    if type(inner) is not type(other) or inner.metric_type != other.metric_type or inner.code_size != other.code_size:
        return False
    if isinstance(inner, faiss.IndexScalarQuantizer) and inner.sq.qtype != other.sq.qtype:
        return False
    count = index.ntotal
    sizes = inner.d, inner.ntotal, inner.codes.size(), index.id_map.size()
    return bool(sizes == (index.d, count, count * inner.code_size, count))
