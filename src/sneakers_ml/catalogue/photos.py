"""The stage `photos`: every listing's photos checked, normalised, and told apart from their duplicates."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TypeVar

import pandas as pd

from sneakers_ml.catalogue.duplicates import Fingerprint, duplicate_groups
from sneakers_ml.catalogue.photo import NormalisedPhoto, normalise_photo
from sneakers_ml.catalogue.photo_shards import normalise_in_shards
from sneakers_ml.catalogue.schema import PHOTOS, check
from sneakers_ml.engine import Engine
from sneakers_ml.errors import DataError
from sneakers_ml.files import replacing_folder
from sneakers_ml.parallel import ordered_map
from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.spreadsheets import write_csv
from sneakers_ml.tables import read_table, write_table
from sneakers_ml.workspace.params import PhotosParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["PhotosResult", "normalise_photos"]

Item = TypeVar("Item")

_WORKERS = 2


@dataclass(frozen=True)
class PhotosResult:
    """Counts of a run; `conflicts` are exact duplicates that another product shows too."""

    photos: int
    rejected: int
    duplicates: int
    conflicts: int
    near_duplicates: int


def normalise_photos(
    workspace: Workspace,
    params: PhotosParams,
    on_progress: OnProgress = no_progress,
    *,
    engine: Engine | None = None,
    shard: int = 512,
) -> PhotosResult:
    """Write data/photos/images/<photo_id>.jpg, photos.parquet and rejected.csv from the catalogue's listings.

    A photo is RGB, upright, its longest side at most `longest_side`; its id is the SHA-1 of the pixels before
    encoding. Of pixel-equal photos the first product's stays.

    Args:
        workspace: with a catalogue.
        params: how photos are normalised and compared.
        on_progress: told of photos.
        engine: works in shards in data/photos.part, and goes on with what a killed run left there. None: threads of
            this process.
        shard: photos of a shard.

    Raises:
        DataError: when the listings are missing, no photo can be read, or the engine failed.
    """
    columns = ["product_id", "model_id", "brand", "shop", "source"]
    tasks = [
        (
            workspace.source(row["source"]) / file,
            {**{key: row[key] for key in columns}, "view": view, "position": number},
        )
        for row in read_table(workspace.listings, "merge").to_dict("records")
        for number, (file, view) in enumerate(zip_longest(row["photo_files"], row["photo_views"]), start=1)
    ]
    paths = [path for path, _ in tasks]
    if engine is None:
        with replacing_folder(workspace.photos) as folder:
            (folder / "images").mkdir()
            photos = ordered_map(partial(normalise_photo, params), paths, workers=_WORKERS)
            return _write(folder, workspace, params, tasks, _counted(photos, len(tasks), on_progress))[0]
    work = workspace.photos.with_name(f"{workspace.photos.name}.part").resolve()
    with replacing_folder(workspace.photos) as folder:
        photos = normalise_in_shards(engine, work, params, paths, shard, on_progress)
        result, kept = _write(folder, workspace, params, tasks, photos)
        for file in (work / "images").iterdir():
            if f"images/{file.name}" not in kept:  # of photos that are gone, or half of one, of a killed worker
                file.unlink()
        (work / "images").rename(folder / "images")
    shutil.rmtree(work)
    return result


def _counted(photos: Iterable[Item], total: int, on_progress: OnProgress) -> Iterator[Item]:
    for done, photo in enumerate(photos, start=1):
        on_progress(done, total)
        yield photo


def _write(
    folder: Path,
    workspace: Workspace,
    params: PhotosParams,
    tasks: Sequence[tuple[Path, dict[str, object]]],
    photos: Iterable[NormalisedPhoto | str],
) -> tuple[PhotosResult, set[str]]:
    """Write photos.parquet, rejected.csv and the JPEGs that are not there yet; counts, and the files that are kept."""
    kept: dict[str, dict[str, object]] = {}
    prints: list[Fingerprint] = []
    rejected: list[tuple[str, str]] = []
    unreadable = duplicates = conflicts = 0
    for (path, facts), photo in zip(tasks, photos, strict=True):
        file = path.relative_to(workspace.raw).as_posix()
        if isinstance(photo, str):
            unreadable += 1
            rejected.append((file, photo))
            continue
        photo_id, name = photo.photo_id, f"images/{photo.photo_id}.jpg"
        if photo_id in kept:
            duplicates += 1
            if (product := kept[photo_id]["product_id"]) != facts["product_id"]:
                conflicts += 1
                rejected.append((file, f"The same picture shows product {product} already."))
            continue
        if photo.jpeg:
            (folder / name).write_bytes(photo.jpeg)
        kept[photo_id] = {**facts, "photo_id": photo_id, "file": name, "width": photo.width, "height": photo.height}
        prints.append(photo.fingerprint)
    if not kept:
        raise DataError(f"{workspace.raw}: no photo could be read; see the files named in listings.jsonl")
    table = pd.DataFrame(list(kept.values()))
    table["duplicate_group"] = duplicate_groups(prints, params.hash_distance, params.colour_distance)
    write_table(check(table, PHOTOS, workspace.photo_table), folder / "photos.parquet")
    write_csv(folder / "rejected.csv", ["file", "reason"], rejected)
    near = len(table) - table["duplicate_group"].nunique()
    return PhotosResult(len(table), unreadable, duplicates, conflicts, near), set(table["file"])
