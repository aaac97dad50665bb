"""The stage `embed`: every photo of the catalogue to a vector, streamed and resumable."""

from __future__ import annotations

import hashlib
import inspect
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sneakers_ml import images
from sneakers_ml.embedding.prepare import prepare_extractor
from sneakers_ml.embedding.store import Features, FeatureWriter, load_features, photo_rows
from sneakers_ml.embedding.vector_shards import ShardWriter, VectorShard, write_shard
from sneakers_ml.engine import Engine
from sneakers_ml.errors import DataError
from sneakers_ml.features.concat import Concat
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.detector import NETWORK, FootwearDetector
from sneakers_ml.features.extractor import Context, Extractor, ExtractorSpec, load_extractor, read_spec, shown_name
from sneakers_ml.parallel import ordered_map
from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.tables import read_table
from sneakers_ml.workspace.params import EmbedParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["EmbedResult", "embed", "embed_files", "joined_rows"]

_CHECKPOINT_EVERY = 64  # chunks
_JOINED_ROWS = 1024  # of existing vectors at a time


@dataclass
class EmbedResult:
    """What a run did; reading and computing are summed over the workers, so they can exceed `wall`."""

    photos: int = 0
    resumed: int = 0
    wall: float = 0.0
    reading: float = 0.0
    computing: float = 0.0
    writing: float = 0.0
    shown: str = ""
    """The extractor's name for people."""
    warning: str = ""
    """What the person who ran it should know, a sentence, or nothing."""

    @property
    def rate(self) -> float:
        """Photos a second."""
        return self.photos / self.wall if self.wall else 0.0


def embed(
    workspace: Workspace,
    name: str,
    params: EmbedParams,
    on_progress: OnProgress = no_progress,
    *,
    engine: Engine | None = None,
    shard: int = 512,
) -> EmbedResult:
    """Write data/features/<name>.npy and .json for the photos of photos.parquet, or shards.

    Args:
        workspace: with photos.
        name: the extractor.
        params: its settings among those of all.
        on_progress: told of photos.
        engine: writes shards; those that are there already, made of the same photos in the same way, stay. None: one
            array, written by threads of this process.
        shard: photos of a shard.

    Raises:
        UsageError: when no extractor has that name, or its settings cannot work.
        DataError: when the photos, the split that a fitted extractor needs, or the vectors that are joined are missing,
            damaged or do not belong together, or the engine failed.
        BundleError: when a part of a joined extractor was never prepared.
    """
    photos = read_table(workspace.photo_table, "photos", ["photo_id", "file"])

    def training_files() -> list[Path]:
        rows = photo_rows(workspace)
        chosen = rows.loc[(rows["split"] == "train") & rows["known"], "file"]
        if chosen.empty:
            raise DataError(f"{workspace.split}: no training photos of learnt brands; run `sneakers split`")
        return [workspace.photos / file for file in chosen]

    folder, context = workspace.extractor(name), Context(workspace.extractors, training_files)
    spec = prepare_extractor(name, params, folder, context)
    photo_ids = photos["photo_id"].tolist()
    if spec.kind == "concat":
        result = _join(workspace, spec, photo_ids, on_progress, None if engine is None else shard)
    else:
        files = [workspace.photos / file for file in photos["file"]]
        extractor = load_extractor(folder, threads=1)
        inputs, code = [(file.name, file.stat().st_size) for file in files], _code(extractor)
        meta = {**spec.model_dump(), "inputs_sha256": hashlib.sha256(json.dumps(inputs).encode() + code).hexdigest()}
        if engine is None:
            with FeatureWriter(workspace.features, name, photo_ids, meta) as writer:
                result = embed_files(extractor, files, writer, params, on_progress)
        else:
            made_of = [spec.model_dump(mode="json"), hashlib.sha256(code).hexdigest()]
            with ShardWriter(workspace.features, name, photo_ids, meta, shard, inputs, made_of) as shards:
                result = _embed_shards(workspace, shards, photos["file"].tolist(), engine, params, on_progress)
    result.shown, result.warning = shown_name(name, spec.weights), " ".join(context.warnings)
    return result


def _code(extractor: Extractor) -> bytes:
    """What vectors depend on beside photos and the spec: the sources, and the network, that cut and embed."""
    sources = [Path(inspect.getfile(code)) for code in (shoe_region, FootwearDetector, type(extractor))]
    files = (*sorted(Path(str(images.__file__)).parent.glob("*.py")), *sources, NETWORK)
    return b"".join(file.read_bytes() for file in files)


def _join(
    workspace: Workspace, spec: ExtractorSpec, photo_ids: Sequence[str], on_progress: OnProgress, shard: int | None
) -> EmbedResult:
    """Write the vectors of a concat from those of its parts, in shards of so many rows or none; no photo is read."""
    parts = [_part(workspace, name, photo_ids) for name in spec.settings["parts"]]
    digest = hashlib.sha256(json.dumps([part.meta for part in parts], sort_keys=True).encode()).hexdigest()
    meta = {**spec.model_dump(), "inputs_sha256": digest}
    vectors = [part.vectors for part in parts]
    started = time.perf_counter()
    writer: FeatureWriter | ShardWriter
    if shard is None:
        with FeatureWriter(workspace.features, spec.name, photo_ids, meta) as writer:
            result = EmbedResult(resumed=writer.done)
            for rows in joined_rows(vectors, writer.done, _JOINED_ROWS):
                writer.append(rows)
                result.photos += len(rows)
                on_progress(writer.done, len(photo_ids))
    else:
        with ShardWriter(workspace.features, spec.name, photo_ids, meta, shard, photo_ids, digest) as writer:
            result = EmbedResult(resumed=writer.done)
            for each in writer.missing:
                rows = next(joined_rows(vectors, each.start, shard))
                writer.add(write_shard(each.path, photo_ids[each.start : each.stop], rows))
                result.photos += len(rows)
                on_progress(writer.done, len(photo_ids))
    result.wall = time.perf_counter() - started
    return result


def joined_rows(parts: Sequence[NDArray[np.float32]], start: int, chunk: int) -> Iterator[NDArray[np.float32]]:
    """The rows from `start` on of arrays (n, d_i) joined as `Concat` does: (up to `chunk`, sum of d_i) at a time.

    Rows of a mapped file are read from it, as pages once touched would stay mapped.
    """

    def rows(part: NDArray[np.float32], start: int, stop: int) -> NDArray[np.float32]:
        if not isinstance(part, np.memmap):
            return part[start:stop]
        count = (min(stop, len(part)) - start) * part.shape[1]
        read = np.fromfile(str(part.filename), part.dtype, count, offset=part.offset + start * part.strides[0])
        return np.asarray(read.reshape(-1, part.shape[1]))

    for first in range(start, len(parts[0]), chunk):
        yield Concat.join([rows(part, first, first + chunk) for part in parts])


def _part(workspace: Workspace, name: str, photo_ids: Sequence[str]) -> Features:
    """A part's vectors, if they are those of the catalogue's photos by the extractor as it is now."""
    features = load_features(workspace.features, name)
    file, again = workspace.features / f"{name}.npy", f"run `sneakers embed {name}`"
    if features.photo_ids != tuple(photo_ids):
        raise DataError(f"{file}: vectors of other photos; {again}")
    spec = json.loads(read_spec(workspace.extractor(name)).model_dump_json())
    if {key: features.meta.get(key) for key in spec} != spec:
        raise DataError(f"{file}: not made by the extractor in {workspace.extractor(name)}; {again}")
    return features


def embed_files(
    extractor: Extractor,
    files: Sequence[Path],
    writer: FeatureWriter,
    params: EmbedParams,
    on_progress: OnProgress = no_progress,
) -> EmbedResult:
    """Read, cut and embed the files that the writer lacks; a few chunks are in memory at any time.

    Raises:
        DataError: when a photo cannot be read.
    """

    result = EmbedResult(resumed=writer.done)
    started = time.perf_counter()
    batches = [files[start : start + params.chunk] for start in range(writer.done, len(files), params.chunk)]
    chunks = ordered_map(partial(_embed_chunk, extractor), batches, workers=params.workers)
    for number, (vectors, reading, computing) in enumerate(chunks, start=1):
        before = time.perf_counter()
        writer.append(vectors)
        if number % _CHECKPOINT_EVERY == 0:
            writer.checkpoint()
        result.writing += time.perf_counter() - before
        result.reading += reading
        result.computing += computing
        result.photos += len(vectors)
        on_progress(writer.done, len(files))
    result.wall = time.perf_counter() - started
    return result


def _embed_chunk(extractor: Extractor, files: Sequence[Path]) -> tuple[NDArray[np.float32], float, float]:
    """The vectors of some photos, and the seconds of reading and of computing."""
    started = time.perf_counter()
    photos = [images.read_stored(file) for file in files]
    read = time.perf_counter()
    vectors = extractor.transform([cut(photo, shoe_region(photo)) for photo in photos])
    return vectors, read - started, time.perf_counter() - read


class _Job(NamedTuple):
    """A shard to write: its photos, their files within the folder of photos."""

    path: Path
    photo_ids: list[str]
    files: list[str]


class _ShardEmbedder:
    """What a worker of an engine does with a job; it holds the extractor."""

    def __init__(self, extractor: Path, photos: Path, chunk: int) -> None:
        self._extractor, self._photos, self._chunk = load_extractor(extractor, threads=1), photos, chunk
        self._spec = read_spec(extractor)

    def __call__(self, job: _Job) -> tuple[VectorShard, float, float]:
        """Write the shard; seconds of reading and computing come with it.

        Raises:
            DataError: when a photo cannot be read, or vectors are of another length than the extractor's settings say.
        """
        files = [self._photos / file for file in job.files]
        batches = [files[start : start + self._chunk] for start in range(0, len(files), self._chunk)]
        chunks, reading, computing = zip(*(_embed_chunk(self._extractor, batch) for batch in batches), strict=True)
        vectors = np.concatenate(chunks)
        if vectors.shape[1:] != (self._spec.dim,):
            shape = f"{vectors.shape}, not (n, {self._spec.dim})"
            raise DataError(f"{self._spec.name}: vectors of shape {shape}; mend the extractor")
        return write_shard(job.path, job.photo_ids, vectors), sum(reading), sum(computing)


def _embed_shards(
    workspace: Workspace,
    writer: ShardWriter,
    files: Sequence[str],
    engine: Engine,
    params: EmbedParams,
    on_progress: OnProgress,
) -> EmbedResult:
    """Let an engine write the shards that the writer lacks."""
    result = EmbedResult(resumed=writer.done)
    started = time.perf_counter()
    extractor, photos = workspace.extractor(writer.name).resolve(), workspace.photos.resolve()
    make = partial(_ShardEmbedder, extractor, photos, params.chunk)
    jobs = [
        _Job(each.path, writer.photo_ids[each.start : each.stop], list(files[each.start : each.stop]))
        for each in writer.missing
    ]
    for shard, reading, computing in engine.map(make, jobs):
        writer.add(shard)
        result.reading += reading
        result.computing += computing
        result.photos += shard.rows
        on_progress(writer.done, len(files))
    result.wall = time.perf_counter() - started
    return result
