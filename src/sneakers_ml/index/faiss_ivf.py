"""Vectors in lists on disk, of which a search reads those nearest to the query."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Self

import faiss
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sneakers_ml.errors import BundleError, DataError
from sneakers_ml.index.faiss_store import FaissStore, read_index
from sneakers_ml.index.filters import Facts
from sneakers_ml.index.vector_store import STORES, Place, Sample, check_rows, nothing_found
from sneakers_ml.parallel import NoFork
from sneakers_ml.registry import Section

__all__ = ["FaissIvfStore", "Ivf", "IvfSettings"]

_TRAINED_ON = 40  # vectors a list; faiss warns below 39
_LISTS = "index.lists"
_ID_BYTES = 8
_FEW = 10_000
_PARAMETERS: Any = faiss.SearchParametersIVF


class IvfSettings(Section):
    """How many lists there are and how many of them a search reads; more of the latter find more and take longer."""

    lists: int | None = Field(None, ge=1, description="None: four times the root of the number of vectors")
    probes: int = Field(32, ge=1)
    shard: int = Field(262_144, ge=1, description="Vectors that a build holds in memory at a time")


class FaissIvfStore:
    """An inverted file of fp16 vectors (Jégou et al., "Product quantization for nearest neighbor search", 2011).

    Loaded, its lists stay on disk, mapped into memory: what is read of them is in the cache of the operating system,
    which may drop it. Changes need the lists in memory, and touch no file before `save`. Searching is thread-safe;
    adding and removing are not, and must not overlap with a search.
    """

    def __init__(self, index: Any, settings: IvfSettings, scratch: Path | None = None) -> None:
        """Of a faiss index whose lists are in memory, or mapped.

        Args:
            index: of this kind.
            settings: numbers of lists, of those a search reads, and of vectors in memory.
            scratch: folder for the shards of a build, which `save` clears away; None: all is held in memory.
        """
        self._index, self._settings = index, settings
        self._scratch = scratch
        self._shards: list[Path] = []
        self._all = np.concatenate([ids for _, ids in _lists(index)])
        self._listed: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]] | None = None
        self._selected: tuple[NDArray[np.int64], Any] | None = None
        self._no_fork = NoFork("index")

    @classmethod
    def create(cls, sample: Sample, count: int, settings: IvfSettings, scratch: Path | None = None) -> Self:
        """An empty store, with lists around the centres of a sample.

        Args:
            sample: of what will be added; 40 vectors a list are taken.
            count: how many vectors there will be, more or less.
            settings: numbers of lists, of those a search reads, and of vectors in memory.
            scratch: folder for the shards of a build; None: all vectors are held in memory.

        Raises:
            DataError: when there are no vectors.
        """
        lists = settings.lists or round(4 * math.sqrt(count))
        learnt = np.ascontiguousarray(sample(lists * _TRAINED_ON), np.float32)
        if not len(learnt):
            raise DataError("index: no vectors to find lists by; there is nothing to show yet")
        lists = min(lists, max(1, len(learnt) // _TRAINED_ON))
        points = {"min_points_per_centroid": 1, "max_points_per_centroid": _TRAINED_ON}
        clustering: Any = faiss.Kmeans(learnt.shape[1], lists, niter=10, spherical=True, seed=20, **points)
        clustering.train(learnt)
        quantizer = faiss.IndexFlatIP(learnt.shape[1])
        quantizer.add(clustering.centroids)
        return cls(_empty(quantizer), settings, scratch)

    @classmethod
    def load(cls, path: Path, *, dim: int, count: int, settings: IvfSettings) -> Self:
        """Map an index file, and the lists beside it.

        Raises:
            BundleError: when one is missing, damaged, or not of `count` vectors of length `dim`.
        """
        lists = path.parent / _LISTS
        damaged = BundleError(f"{path}: missing or damaged; run `sneakers index`")
        try:
            size = lists.stat().st_size
        except OSError:
            raise damaged from None
        index = read_index(path)
        if (index.d, index.ntotal) != (dim, count):
            raise BundleError(f"{path}: {index.ntotal} vectors of {index.d} numbers, not {count} of {dim}; rebuild it")
        if not isinstance(index, faiss.IndexIVFScalarQuantizer) or not _like(index):
            raise damaged
        sizes = np.fromfile(lists, "<i8", min(index.nlist, size // 8))
        if len(sizes) < index.nlist or (sizes < 0).any() or sizes.sum() != count:
            raise damaged
        if size != sizes.nbytes + count * (index.code_size + _ID_BYTES):
            raise damaged
        if count:
            _map(index, lists, sizes)
        return cls(index, settings)

    @property
    def ids(self) -> set[int]:
        """Those of all vectors."""
        return set(self._all.tolist())

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
        if np.isin(ids, self._all).any():
            raise DataError("index: an id is there already; remove it before adding it again")
        if not len(ids):
            return
        self._change()
        self._index.add_with_ids(vectors, ids)
        self._all = np.concatenate([self._all, ids])
        if self._scratch and self._index.ntotal >= self._settings.shard:
            self._put_shard(self._scratch)

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Forget ids; unknown ones are ignored. Returns how many were there."""
        gone = np.isin(self._all, ids)
        if not gone.any():
            return 0
        self._change()
        self._gather()
        self._all = self._all[~gone]
        return int(self._index.remove_ids(faiss.IDSelectorBatch(np.ascontiguousarray(ids, np.int64))))

    def search(
        self, queries: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """(q, k) scores, falling, and ids of the nearest rows, among `allowed` ids only; -1 fills what is missing.

        The fewer ids are allowed, the more lists are read, so that about as many rows are compared; all lists, where
        those that were read held fewer than k. Of up to 10,000 ids every row is compared, and they are kept for the
        next search that allows the same.

        Raises:
            BundleError: when the store is of a process from which this one was forked.
        """
        self._no_fork.check()
        self._gather()
        queries = np.ascontiguousarray(queries, np.float32)
        count, lists = len(self), self._index.nlist
        selector: Any = None
        if allowed is not None:
            count = len(allowed)
            selected = self._selected
            if selected is None or selected[0] is not allowed:
                selected = self._selected = allowed, self._select(allowed)
            selector = selected[1]
        if not count or isinstance(selector, FaissStore):
            return selector.search(queries, k) if count else nothing_found(len(queries), k)
        probes = min(lists, math.ceil(self._settings.probes * len(self) / count))
        parameters = _PARAMETERS(sel=selector, nprobe=probes)
        scores, ids = self._index.search(queries, k, params=parameters)
        if probes < lists and (ids < 0).any():
            parameters = _PARAMETERS(sel=selector, nprobe=lists)
            scores, ids = self._index.search(queries, k, params=parameters)
        return scores, ids

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """(n, d) unit rows of n ids, as exact as fp16 keeps them.

        Raises:
            KeyError: when an id isn't there.
        """
        self._gather()
        if self._listed is None:
            listed = [part for _, part in _lists(self._index)]
            inside = np.concatenate(listed)
            order = np.argsort(inside, kind="stable")
            self._listed = inside[order], order, np.cumsum([0, *map(len, listed)])
        known, order, starts = self._listed
        spots = np.searchsorted(known, ids)
        if (spots == len(known)).any() or (known[spots] != ids).any():
            raise KeyError("index: no such id")
        rows = np.empty((len(ids), self._index.d), np.float32)
        for row, place in zip(rows, order[spots].tolist(), strict=True):
            number = int(np.searchsorted(starts, place, side="right")) - 1
            self._index.reconstruct_from_offset(number, int(place - starts[number]), faiss.swig_ptr(row))
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    def save(self, path: Path) -> None:
        """Write the index file, and index.lists beside it; each takes its place when both are whole."""
        self._change()
        with TemporaryDirectory(prefix=".shards.", dir=path.parent) as name:
            folder = Path(name)
            self._put_shard(folder)
            parts: list[Any] = [faiss.read_index(str(shard), faiss.IO_FLAG_MMAP) for shard in self._shards]
            whole = _empty(self._index.quantizer)
            with (folder / _LISTS).open("wb") as file:
                sizes = [[part.get_list_size(number) for part in parts] for number in range(whole.nlist)]
                file.write(np.array(sizes, "<i8").sum(axis=1).tobytes())
                for number in range(whole.nlist):
                    filled = [(part.invlists, part.get_list_size(number)) for part in parts]
                    for lists, size in filled:
                        if size:
                            file.write(faiss.rev_swig_ptr(lists.get_codes(number), size * whole.code_size).tobytes())
                    for lists, size in filled:
                        if size:
                            file.write(faiss.rev_swig_ptr(lists.get_ids(number), size).tobytes())
            whole.ntotal = len(self)
            faiss.write_index(whole, str(folder / path.name))
            (folder / _LISTS).replace(path.parent / _LISTS)
            (folder / path.name).replace(path)
        saved = self.load(path, dim=self._index.d, count=len(self), settings=self._settings)
        for shard in self._shards:
            shard.unlink(missing_ok=True)
        self._index, self._shards = saved._index, []

    def __len__(self) -> int:
        return len(self._all)

    def _select(self, allowed: NDArray[np.int64]) -> Any:
        """What tells which ids are allowed, or a store of them alone where they are few."""
        if len(allowed) > _FEW:
            return faiss.IDSelectorBatch(np.ascontiguousarray(allowed, np.int64))
        there = allowed[np.isin(allowed, self._all)]
        few = FaissStore.create(self._index.d, "flat")
        few.add(there, self.vectors(there))
        return few

    def _change(self) -> None:
        """Have the lists in memory, where they can be changed."""
        self._listed = self._selected = None
        if isinstance(faiss.downcast_InvertedLists(self._index.invlists), faiss.OnDiskInvertedLists):
            mapped, self._index = self._index, _empty(self._index.quantizer)
            _append(self._index, mapped)

    def _put_shard(self, folder: Path) -> None:
        """Write what is in memory to a file of its own, and forget it."""
        self._shards.append(folder / f".{uuid.uuid4().hex}.shard")
        faiss.write_index(self._index, str(self._shards[-1]))
        self._index = _empty(self._index.quantizer)

    def _gather(self) -> None:
        """Read the shards of a build that is not saved yet."""
        while self._shards:
            _append(self._index, faiss.read_index(str(self._shards[-1])))
            self._shards.pop().unlink()


@STORES.register("faiss_ivf", IvfSettings)
class Ivf:
    """Lists on disk, mapped into memory; past some 100,000 vectors."""

    files: ClassVar[tuple[str, ...]] = ("index.faiss", _LISTS)
    shared: ClassVar[bool] = False

    @classmethod
    def create(cls, place: Place, count: int, sample: Sample) -> FaissIvfStore:
        """An empty store, of which shards lie in the folder until it is saved."""
        return FaissIvfStore.create(sample, count, place.settings, place.folder)

    @classmethod
    def open(cls, place: Place, count: int) -> FaissIvfStore:
        """The store that was saved, mapped."""
        return FaissIvfStore.load(place.folder / cls.files[0], dim=place.dim, count=count, settings=place.settings)


def _empty(quantizer: Any) -> Any:
    """A faiss index with a copy of these centres and nothing in its lists."""
    own: Any = faiss.clone_index(quantizer)
    kind, inner = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    index = faiss.IndexIVFScalarQuantizer(own, quantizer.d, quantizer.ntotal, kind, inner)
    own.this.disown()
    index.own_fields, index.is_trained = True, True
    return index


def _lists(index: Any) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """The number of each list, and a copy of the ids in it."""
    lists = index.invlists
    for number in range(index.nlist):
        size = lists.list_size(number)
        yield number, faiss.rev_swig_ptr(lists.get_ids(number), size).copy() if size else np.empty(0, np.int64)


def _append(index: Any, other: Any) -> None:
    """Copy the lists of another index of the same centres behind those of one in memory."""
    lists = other.invlists
    for number in range(other.nlist):
        if size := lists.list_size(number):
            index.invlists.add_entries(number, size, lists.get_ids(number), lists.get_codes(number))
    index.ntotal += other.ntotal


def _like(index: Any) -> bool:
    """Whether a loaded index is of this kind, and has the centres that it speaks of."""
    own = faiss.METRIC_INNER_PRODUCT, faiss.ScalarQuantizer.QT_fp16, 2 * index.d
    centres: Any = faiss.downcast_index(index.quantizer)
    return bool(
        (index.metric_type, index.sq.qtype, index.code_size) == own
        and (index.is_trained, index.by_residual, index.invlists.nlist) == (True, True, index.nlist)
        and type(centres) is faiss.IndexFlatIP
        and (centres.d, centres.ntotal, centres.codes.size()) == (index.d, index.nlist, index.nlist * index.d * 4)
        and index.invlists.compute_ntotal() == 0
    )


def _map(index: Any, file: Path, sizes: NDArray[np.int64]) -> None:
    """Let a loaded index read its lists from a file: their sizes, then the codes and the ids of each."""
    lists: Any = faiss.OnDiskInvertedLists()
    lists.nlist, lists.code_size, lists.read_only = index.nlist, index.code_size, True
    lists.prefetch_nthread = 0  # starting threads would take longer than a search
    lists.filename, lists.totsize = str(file), file.stat().st_size
    offset = sizes.nbytes
    for size in sizes.tolist():
        one = faiss.OnDiskOneList()
        one.size = one.capacity = size
        one.offset = offset
        lists.lists.push_back(one)
        offset += size * (index.code_size + _ID_BYTES)
    lists.do_mmap()
    index.replace_invlists(lists, True)
    lists.this.disown()
