"""Vectors in faiss, on one machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import BundleError, DataError
from sneakers_ml.files import write_atomically
from sneakers_ml.index.filters import Facts
from sneakers_ml.index.vector_store import STORES, Place, Sample, check_rows, nothing_found
from sneakers_ml.parallel import NoFork

__all__ = ["CODECS", "FaissStore", "read_index"]

CODECS = ("flat", "fp16")
_SCANNED = 32_768  # of which all are compared within a millisecond
_CANDIDATES, _CANDIDATES_A_RESULT, _VECTORS_A_CANDIDATE = 500, 20, 200
_LEARNT_FROM = 4_096
_BLOCK = 16_384
_READING = Lock()


class FaissStore:
    """Inner-product search (Douze et al., "The Faiss library", 2024); `flat` is exact, `fp16` halves memory and time.

    Of more than 32,768 vectors that were loaded as `fp16`, codes of two bits a number are scanned (André et al.,
    "Quicker ADC", 2019), and the best 500 or more are compared as they are kept. Among `allowed` ids, and after a
    change, all are compared. Searching is thread-safe; adding and removing are not, and must not overlap with a search.
    """

    def __init__(self, index: Any) -> None:
        self._index = index
        self._scan: Any = None
        self._places = np.empty(0, np.int64)  # ids in the order of what is scanned
        self._selected: tuple[NDArray[np.int64], Any] | None = None  # what the last search allowed
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
        index = read_index(path)
        if not isinstance(index, faiss.IndexIDMap2):
            raise BundleError(f"{path}: not an index of this project; run `sneakers index`")
        if (index.d, index.ntotal) != (dim, count):
            raise BundleError(f"{path}: {index.ntotal} vectors of {index.d} numbers, not {count} of {dim}; rebuild it")
        # Faiss reads what its own fields promise without looking whether it is there.
        if not any(_like(index, cls.create(dim, codec)._index) for codec in CODECS):
            raise BundleError(f"{path}: damaged; run `sneakers index`")
        store = cls(index)
        inner: Any = faiss.downcast_index(index.index)
        if count > _SCANNED and dim % 2 == 0 and isinstance(inner, faiss.IndexScalarQuantizer):
            try:
                store._scan, store._places = _scan(inner), faiss.vector_to_array(index.id_map)
            except RuntimeError:  # of numbers that are none
                raise BundleError(f"{path}: damaged; run `sneakers index`") from None
        return store

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
            self._scan = None
            self._index.add_with_ids(vectors, ids)

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Forget ids; unknown ones are ignored. Returns how many were there."""
        ids = np.ascontiguousarray(ids, np.int64)
        if not len(ids):
            return 0
        self._scan = None
        return int(self._index.remove_ids(faiss.IDSelectorBatch(ids)))

    def search(
        self, queries: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """(q, k) scores, falling, and ids of the nearest rows, among `allowed` ids only; -1 fills what is missing.

        Raises:
            BundleError: when the store is of a process from which this one was forked.
        """
        self._no_fork.check()
        queries = np.ascontiguousarray(queries, np.float32)
        candidates = max(_CANDIDATES, _CANDIDATES_A_RESULT * k, len(self) // _VECTORS_A_CANDIDATE)
        if allowed is None and self._scan is not None and candidates < len(self) // 4:
            parameters = faiss.IndexRefineSearchParameters(k_factor=candidates / k)  # type: ignore[call-arg]
            scores, places = self._scan.search(queries, k, params=parameters)
            ids = np.where(places < 0, -1, self._places[places])
        elif allowed is None:
            scores, ids = self._index.search(queries, k)
        elif len(allowed) == 0:
            return nothing_found(len(queries), k)
        else:
            selected = self._selected
            if selected is None or selected[0] is not allowed:
                selector = faiss.IDSelectorBatch(np.ascontiguousarray(allowed, np.int64))
                selected = self._selected = allowed, faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
            scores, ids = self._index.search(queries, k, params=selected[1])
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
    """All in memory; for up to some 100,000."""

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


def read_index(path: Path) -> Any:
    """The faiss index of a file.

    Raises:
        BundleError: when it is missing or damaged.
    """
    with _READING:  # faiss keeps one limit for all threads
        limit = faiss.get_deserialization_vector_byte_limit()
        try:
            content = np.fromfile(path, np.uint8)
            faiss.set_deserialization_vector_byte_limit(max(1, len(content)))  # it believes the sizes that a file names
            return faiss.deserialize_index(content)
        except (OSError, RuntimeError, MemoryError, AssertionError):
            raise BundleError(f"{path}: missing or damaged; run `sneakers index`") from None
        finally:
            faiss.set_deserialization_vector_byte_limit(limit)


def _scan(inner: Any) -> Any:
    """An index that scans short codes of another's vectors, and compares the best with them."""
    codes = faiss.IndexPQFastScan(inner.d, inner.d // 2, 4, faiss.METRIC_INNER_PRODUCT)
    codes.pq.cp.niter = 10
    spread = np.linspace(0, inner.ntotal - 1, _LEARNT_FROM).astype(np.int64)
    codes.train(inner.reconstruct_batch(spread))
    for start in range(0, inner.ntotal, _BLOCK):
        codes.add(inner.reconstruct_n(start, min(_BLOCK, inner.ntotal - start)))
    return faiss.IndexRefine(codes, inner)


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
