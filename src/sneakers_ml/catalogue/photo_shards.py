"""Photos normalised in shards by an engine: JPEGs, and parquet files of what is known of each photo, in a folder."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from sneakers_ml import images
from sneakers_ml.catalogue.duplicates import Fingerprint
from sneakers_ml.catalogue.photo import NormalisedPhoto, normalise_photo
from sneakers_ml.engine import Engine
from sneakers_ml.errors import DataError
from sneakers_ml.files import write_atomically
from sneakers_ml.progress import OnProgress
from sneakers_ml.shards import Shard, plan_shards
from sneakers_ml.tables import read_table, write_table
from sneakers_ml.workspace.params import PhotosParams

__all__ = ["normalise_in_shards"]

_IMAGES = "images"


def normalise_in_shards(
    engine: Engine,
    work: Path,
    params: PhotosParams,
    paths: Sequence[Path],
    size: int,
    on_progress: OnProgress,
) -> Iterator[NormalisedPhoto | str]:
    """What `normalise_photo` says of each photo, in order, their JPEGs being in `work`/images.

    Shards that a killed run finished there, of the same photos by the same settings, are taken as they are.

    Args:
        engine: does the work.
        work: the working folder, made when missing.
        params: how photos are normalised.
        paths: of the photos.
        size: photos of a shard.
        on_progress: told of photos.

    Raises:
        DataError: when the engine failed.
    """
    (work / _IMAGES).mkdir(parents=True, exist_ok=True)
    plan = plan_shards(work, [_identity(path) for path in paths], size, [params.model_dump(mode="json"), _code()])
    wanted = {shard.path for shard in plan}
    for file in work.iterdir():
        if file.name != _IMAGES and file not in wanted:
            file.unlink()  # of other settings, whose JPEGs are about to be replaced
    there = {file.name for file in (work / _IMAGES).iterdir()}
    missing = [shard for shard in plan if not _finished(shard, there)]
    done = len(paths) - sum(shard.stop - shard.start for shard in missing)
    jobs = [_Job(shard.path, [path.resolve() for path in paths[shard.start : shard.stop]]) for shard in missing]
    for count in engine.map(partial(_ShardNormaliser, params), jobs):
        done += count
        on_progress(done, len(paths))
    for shard in plan:
        yield from _read(shard)


def _identity(path: Path) -> tuple[object, ...]:
    """What tells whether a file is still the same."""
    try:
        facts = path.stat()
    except OSError:
        return (str(path.absolute()),)
    return str(path.absolute()), facts.st_size, facts.st_mtime_ns


def _code() -> str:
    """Hash of the sources that normalise."""
    digest = hashlib.sha256()
    own = [Path(inspect.getfile(code)) for code in (normalise_photo, Fingerprint)]
    for file in (*sorted(Path(str(images.__file__)).parent.glob("*.py")), *own):
        digest.update(file.read_bytes())
    return digest.hexdigest()


class _Job(NamedTuple):
    """A shard to write, and its photos."""

    path: Path
    photos: list[Path]


class _ShardNormaliser:
    """What a worker of an engine does with a job."""

    def __init__(self, params: PhotosParams) -> None:
        self._params = params

    def __call__(self, job: _Job) -> int:
        """Write the JPEGs, then the shard that vouches for them; the number of its photos."""
        rows: list[dict[str, object]] = []
        for path in job.photos:
            photo = normalise_photo(self._params, path)
            if isinstance(photo, str):
                rows.append({"problem": photo})
                continue
            write_atomically(job.path.parent / _IMAGES / f"{photo.photo_id}.jpg", photo.jpeg)
            rows.append(
                {
                    "photo_id": photo.photo_id,
                    "width": photo.width,
                    "height": photo.height,
                    "bits": photo.fingerprint.bits.tobytes(),
                    "colours": photo.fingerprint.colours.tobytes(),
                }
            )
        columns = ["photo_id", "width", "height", "bits", "colours", "problem"]
        write_table(pd.DataFrame(rows, columns=columns, dtype=object), job.path)
        return len(rows)


def _finished(shard: Shard, there: set[str]) -> bool:
    """Whether an earlier run wrote the shard, and all of its JPEGs are still there."""
    try:
        photos = list(_read(shard))
    except DataError:
        return False
    return all(isinstance(photo, str) or f"{photo.photo_id}.jpg" in there for photo in photos)


def _read(shard: Shard) -> Iterator[NormalisedPhoto | str]:
    for row in read_table(shard.path, "photos").to_dict("records"):
        if isinstance(problem := row["problem"], str):
            yield problem
            continue
        bits, colours = np.frombuffer(row["bits"], np.uint8), np.frombuffer(row["colours"], np.float32)
        yield NormalisedPhoto(row["photo_id"], int(row["width"]), int(row["height"]), Fingerprint(bits, colours))
