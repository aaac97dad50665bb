"""Vectors in shards: parquet files of photo ids and vectors in `<extractor>.shards/`, listed by `<extractor>.json`.

That manifest holds what the json of an array holds, but for `shards` (file, rows, SHA-256) in place of the photo ids.
It is written last: until then what was there before stays valid.
"""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, NonNegativeInt

from sneakers_ml.errors import DataError
from sneakers_ml.files import write_atomically
from sneakers_ml.shards import Shard, plan_shards

__all__ = ["ShardWriter", "VectorShard", "read_shards", "shards_folder", "write_shard"]


class VectorShard(BaseModel):
    """A line of the manifest: a file of the folder, its rows and its SHA-256."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    rows: NonNegativeInt
    sha256: str


def shards_folder(folder: Path, name: str) -> Path:
    """Where an extractor's shards lie in the folder of all vectors."""
    return folder / f"{name}.shards"


def write_shard(path: Path, photo_ids: Sequence[str], vectors: NDArray[np.float32]) -> VectorShard:
    """Write (n, d) float32 vectors, whole or not at all; the same rows give the same bytes."""
    rows = pa.array(np.ascontiguousarray(vectors, np.float32).ravel())
    column = pa.FixedSizeListArray.from_arrays(rows, vectors.shape[1])
    buffer = io.BytesIO()
    pq.write_table(
        pa.table({"photo_id": pa.array(photo_ids, pa.string()), "vector": column}),
        buffer,
        compression="none",  # of floats it saves a tenth and costs more than writing them
        use_dictionary=False,
        write_statistics=False,
        write_page_checksum=True,
    )
    write_atomically(path, buffer.getvalue())
    return VectorShard(file=path.name, rows=len(vectors), sha256=hashlib.sha256(buffer.getvalue()).hexdigest())


def _finished_shard(path: Path, photo_ids: Sequence[str]) -> VectorShard | None:
    """The shard as an earlier run left it, if it is there, undamaged and of these photos."""
    try:
        content = path.read_bytes()
        found, _ = _parse(content)
    except (OSError, ValueError, KeyError):
        return None
    if found != list(photo_ids):
        return None
    return VectorShard(file=path.name, rows=len(found), sha256=hashlib.sha256(content).hexdigest())


class ShardWriter:
    """Gathers shards, whoever writes them, and publishes the manifest when all are there.

    Shards that an earlier run finished are taken as they are; what this run begins and does not finish is never listed.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        photo_ids: Sequence[str],
        meta: dict[str, Any],
        size: int,
        inputs: Sequence[object],
        made_of: object,
    ) -> None:
        """A writer of the vectors of these photos.

        Args:
            folder: of all vectors.
            name: of the extractor.
            photo_ids: of the rows.
            meta: what the manifest says beside the shards.
            size: rows of a shard.
            inputs: what each row is made of beside its photo, as JSON.
            made_of: what all rows depend on, as JSON.
        """
        self.name, self.photo_ids = name, list(photo_ids)
        self._folder, self._meta = folder, meta
        rows = list(zip(photo_ids, inputs, strict=True))
        self._plan = plan_shards(shards_folder(folder, name).resolve(), rows, size, made_of)
        self._shards: dict[str, VectorShard] = {}
        self.done = 0

    @property
    def missing(self) -> list[Shard]:
        """The shards that are not there."""
        return [each for each in self._plan if each.path.name not in self._shards]

    def __enter__(self) -> Self:
        for each in self._plan:
            if shard := _finished_shard(each.path, self.photo_ids[each.start : each.stop]):
                self.add(shard)
        return self

    def add(self, shard: VectorShard) -> None:
        """Take a shard that was written."""
        if shard.file not in self._shards:
            self.done += shard.rows
        self._shards[shard.file] = shard

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        if missing := self.missing:
            raise DataError(f"{missing[0].path}: missing, with {len(missing) - 1} more shards; run the stage again")
        shards = [self._shards[each.path.name] for each in self._plan]
        manifest = json.dumps({**self._meta, "shards": [shard.model_dump() for shard in shards]}, indent=1)
        write_atomically(self._folder / f"{self.name}.json", f"{manifest}\n".encode())
        for old in (f"{self.name}.npy", f"{self.name}.npy.part", f"{self.name}.part.json"):
            (self._folder / old).unlink(missing_ok=True)
        for file in shards_folder(self._folder, self.name).glob("*"):  # of other photos, or begun by what was killed
            if file.name not in self._shards:
                file.unlink()


def read_shards(folder: Path, name: str, manifest: Sequence[Any], dim: int) -> tuple[list[str], NDArray[np.float32]]:
    """Photo ids and (n, dim) vectors in the manifest's order.

    The vectors are mapped from a nameless file beside the shards, so that they fill the disk, while they are used, and
    not the memory.

    Raises:
        DataError: when a shard is missing, damaged or not the manifest's.
        OSError: when the disk has no room for a copy.
    """
    again = f"run `sneakers embed {name}`"
    try:
        shards = [VectorShard.model_validate(line) for line in manifest]
    except ValueError:
        raise DataError(f"{folder / name}.json: damaged; {again}") from None
    count = sum(shard.rows for shard in shards)
    if not count:
        return [], np.empty((0, dim), np.float32)
    photo_ids: list[str] = []
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            for shard in shards:
                path = shards_folder(folder, name) / shard.file
                try:
                    content = path.read_bytes()
                    found, rows = _parse(content)
                except FileNotFoundError:
                    raise DataError(f"{path}: missing; {again}") from None
                except (ValueError, KeyError):
                    raise DataError(f"{path}: damaged; {again}") from None
                if hashlib.sha256(content).hexdigest() != shard.sha256 or rows.shape != (shard.rows, dim):
                    raise DataError(f"{path}: not the file that {name}.json lists; {again}")
                photo_ids += found
                file.write(rows.tobytes())  # a full disk is an error here, and the process's end in a mapped file
            file.flush()
            return photo_ids, np.memmap(file, np.float32, "r", shape=(count, dim)).view(np.ndarray)
    except OSError as error:
        if error.filename is not None:
            raise
        raise OSError(error.errno, error.strerror, str(folder)) from None


def _parse(content: bytes) -> tuple[list[str], NDArray[np.float32]]:
    """Photo ids and (n, d) vectors of a shard.

    Raises:
        ValueError: when it is damaged; KeyError: when it is another table.
    """
    try:
        table = pq.ParquetFile(io.BytesIO(content), page_checksum_verification=True).read()
    except OSError as error:  # so pyarrow calls a page whose checksum is wrong
        raise ValueError(str(error)) from None
    column = table.column("vector").combine_chunks()
    if not pa.types.is_fixed_size_list(column.type) or column.type.value_type != pa.float32():
        raise ValueError(f"vectors of {column.type}")
    rows = column.flatten().to_numpy(zero_copy_only=True)
    return table.column("photo_id").to_pylist(), rows.reshape(len(table), column.type.list_size)
