"""Vectors on disk: `<extractor>.npy` (float32, n x d, C order), or shards, and `<extractor>.json`; their photos."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sneakers_ml.embedding.vector_shards import read_shards, shards_folder
from sneakers_ml.errors import DataError
from sneakers_ml.files import write_atomically
from sneakers_ml.tables import read_table
from sneakers_ml.vectors import unit_rows
from sneakers_ml.workspace.paths import Workspace

__all__ = ["FeatureWriter", "Features", "load_features", "photo_rows"]

_ROWS = 16_384


@dataclass(frozen=True)
class Features:
    """Vectors (n, d) float32, memory-mapped, row i being photo `photo_ids[i]`; `meta` is what the json says of them.

    A projection (searched, k) makes the rows that are searched shorter.
    """

    vectors: NDArray[np.float32]
    photo_ids: tuple[str, ...]
    meta: dict[str, Any]
    projection: NDArray[np.float32] | None = None

    def search_rows(self, rows: NDArray[np.int64] | slice = slice(None)) -> NDArray[np.float32]:
        """(n, d) unit rows to search with, of the photos at these places."""
        if self.projection is None:
            return unit_rows(np.asarray(self.vectors[rows, : self.meta.get("searched")]))
        places = np.arange(len(self.vectors))[rows]
        short = np.empty((len(places), self.projection.shape[1]), np.float32)
        for start in range(0, len(places), _ROWS):  # the whole vectors of all photos may not fit into memory
            part = slice(start, start + _ROWS)
            whole = unit_rows(np.asarray(self.vectors[places[part], : self.meta.get("searched")]))
            short[part] = unit_rows(whole @ self.projection)
        return short


def load_features(folder: Path, name: str) -> Features:
    """Read `<name>.json`, and `<name>.npy` or the shards that it lists.

    Raises:
        DataError: when a file is missing, or they do not belong together.
    """
    array, meta_file = folder / f"{name}.npy", folder / f"{name}.json"
    try:
        meta = json.loads(meta_file.read_text(encoding="utf-8"))
        if "shards" in meta:
            listed, vectors = read_shards(folder, name, meta.pop("shards"), int(meta["dim"]))
            return Features(vectors, tuple(listed), meta)
        vectors = np.load(array, mmap_mode="r", allow_pickle=False)
        photo_ids = tuple(meta.pop("photo_ids"))
    except FileNotFoundError as error:
        missing = error.filename if array.exists() else array
        raise DataError(f"{missing}: missing; run `sneakers embed {name}`") from None
    except (ValueError, KeyError, TypeError, EOFError):
        raise DataError(f"{array}: damaged; run `sneakers embed {name}`") from None
    if vectors.dtype != np.float32:
        raise DataError(f"{array}: holds {vectors.dtype}, not float32; run `sneakers embed {name}`")
    if vectors.ndim != 2 or len(vectors) != len(photo_ids):
        raise DataError(f"{array}: holds {vectors.shape} for {len(photo_ids)} photos; run `sneakers embed {name}`")
    return Features(vectors, photo_ids, meta)


def photo_rows(workspace: Workspace, *features: Features) -> pd.DataFrame:
    """One row a photo, row i being the photo of vector i, with the columns of photos.parquet and split.parquet.

    Raises:
        DataError: when the vectors or the split are of other photos.
    """
    photos = read_table(workspace.photo_table, "photos")
    for vectors in features:
        if vectors.photo_ids != tuple(photos["photo_id"]):
            name = vectors.meta["name"]
            raise DataError(f"{workspace.features}/{name}.npy: vectors of other photos; run `sneakers embed {name}`")
    sides = read_table(workspace.split, "split")
    if set(sides["photo_id"]) != set(photos["photo_id"]):
        raise DataError(f"{workspace.split}: a split of other photos; run `sneakers split`")
    return photos.merge(sides, on="photo_id", how="left", validate="one_to_one")


class FeatureWriter:
    """Appends rows to `<name>.npy.part`, remembers how many are safe, and renames when all are there.

    A writer opened again with the same photos and the same extractor goes on where the last one stopped; rows go
    straight to the file, so memory does not grow with the number of photos.
    """

    def __init__(self, folder: Path, name: str, photo_ids: Sequence[str], meta: dict[str, Any]) -> None:
        self._folder = folder
        self._name = name
        self._photo_ids = list(photo_ids)
        self._meta = meta
        self._dim = int(meta["dim"])
        self._rows = folder / f"{name}.npy.part"
        self._state = folder / f"{name}.part.json"
        self._key = hashlib.sha256(json.dumps([self._photo_ids, meta], sort_keys=True).encode()).hexdigest()
        header = io.BytesIO()
        shape = {"descr": "<f4", "fortran_order": False, "shape": (len(self._photo_ids), self._dim)}
        np.lib.format.write_array_header_1_0(header, shape)
        self._header = header.getvalue()
        self.done = 0

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            state = json.loads(self._state.read_text(encoding="utf-8"))
            done = int(state["done"]) if state["key"] == self._key else 0
            self.done = done if self._rows.stat().st_size >= self._size(done) else 0
        except (OSError, ValueError, KeyError, TypeError):
            self.done = 0
        self._file: BinaryIO = self._rows.open("r+b" if self.done else "wb")
        self._file.write(self._header)
        self._file.seek(self._size(self.done))
        self._file.truncate()
        return self

    def append(self, vectors: NDArray[np.float32]) -> None:
        """Write the next rows, of shape (n, dim).

        Raises:
            DataError: when they are of another length than the extractor's settings say.
            OSError: when the disk is full.
        """
        if vectors.ndim != 2 or vectors.shape[1] != self._dim:
            raise DataError(f"{self._name}: vectors of shape {vectors.shape}, not (n, {self._dim}); mend the extractor")
        try:
            self._file.write(np.ascontiguousarray(vectors, "<f4").tobytes())
            self._file.flush()
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self._rows)) from None
        self.done += len(vectors)

    def checkpoint(self) -> None:
        """Make the rows written so far survive a kill."""
        write_atomically(self._state, json.dumps({"key": self._key, "done": self.done}).encode())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            with suppress(OSError):  # of a full disk, which the error has told
                self.checkpoint()
            with suppress(OSError):
                self._file.close()
            return
        self._file.close()
        if self.done != len(self._photo_ids):
            raise DataError(f"{self._rows}: {self.done} rows of {len(self._photo_ids)}; run the stage again")
        meta_file = self._folder / f"{self._name}.json"
        meta_file.unlink(missing_ok=True)  # a kill between the two files must not pair new vectors with old photo ids
        self._rows.replace(self._folder / f"{self._name}.npy")
        meta = json.dumps({**self._meta, "photo_ids": self._photo_ids}, indent=1)
        write_atomically(meta_file, f"{meta}\n".encode())
        self._state.unlink(missing_ok=True)
        shutil.rmtree(shards_folder(self._folder, self._name), ignore_errors=True)  # which the new json does not list

    def _size(self, rows: int) -> int:
        return len(self._header) + rows * self._dim * 4
