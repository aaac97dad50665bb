"""The stage `photos`: every listing's photos checked, normalised, and told apart from their duplicates."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sneakers_ml import images
from sneakers_ml.catalogue.duplicates import Fingerprint, duplicate_groups, fingerprint
from sneakers_ml.catalogue.schema import PHOTOS, check
from sneakers_ml.errors import BadImage, DataError
from sneakers_ml.files import replacing_folder
from sneakers_ml.parallel import ordered_map
from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.tables import read_table, write_table
from sneakers_ml.workspace.params import PhotosParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["PhotosResult", "normalise_photos"]

_WORKERS = 2


@dataclass(frozen=True)
class PhotosResult:
    """Counts of a run; `conflicts` are exact duplicates that another product shows too."""

    photos: int
    rejected: int
    duplicates: int
    conflicts: int
    near_duplicates: int


@dataclass(frozen=True)
class _Photo:
    row: dict[str, object]
    jpeg: bytes
    fingerprint: Fingerprint


def normalise_photos(workspace: Workspace, params: PhotosParams, on_progress: OnProgress = no_progress) -> PhotosResult:
    """Write data/photos/images/<photo_id>.jpg, photos.parquet and rejected.csv from the catalogue's listings.

    A photo is RGB, upright, its longest side at most `longest_side`; its id is the SHA-1 of the pixels before
    encoding. Of pixel-equal photos the first product's stays.

    Raises:
        DataError: when the listings are missing or no photo can be read.
    """
    with replacing_folder(workspace.photos) as folder:
        return _normalise_into(folder, workspace, params, on_progress)


def _normalise_into(folder: Path, workspace: Workspace, params: PhotosParams, on_progress: OnProgress) -> PhotosResult:
    (folder / "images").mkdir()
    kept: dict[str, dict[str, object]] = {}
    prints: list[Fingerprint] = []
    rejected: list[dict[str, str]] = []
    unreadable = duplicates = conflicts = 0
    tasks = _tasks(workspace)
    photos = ordered_map(partial(_normalise, params), tasks, workers=_WORKERS)
    for done, (task, photo) in enumerate(zip(tasks, photos, strict=True), start=1):
        on_progress(done, len(tasks))
        if isinstance(photo, BadImage):
            unreadable += 1
            rejected.append(_rejection(workspace, task, str(photo)))
            continue
        photo_id = str(photo.row["photo_id"])
        if photo_id in kept:
            duplicates += 1
            if (product := kept[photo_id]["product_id"]) != photo.row["product_id"]:
                conflicts += 1
                rejected.append(_rejection(workspace, task, f"The same picture shows product {product} already."))
            continue
        (folder / str(photo.row["file"])).write_bytes(photo.jpeg)
        kept[photo_id] = photo.row
        prints.append(photo.fingerprint)
    if not kept:
        raise DataError(f"{workspace.raw}: no photo could be read; see the files named in listings.jsonl")
    table = pd.DataFrame(list(kept.values()))
    table["duplicate_group"] = duplicate_groups(prints, params.hash_distance, params.colour_distance)
    write_table(check(table, PHOTOS, workspace.photo_table), folder / "photos.parquet")
    pd.DataFrame(rejected, columns=["file", "reason"]).to_csv(folder / "rejected.csv", index=False)
    near = len(table) - table["duplicate_group"].nunique()
    return PhotosResult(len(table), unreadable, duplicates, conflicts, near)


def _rejection(workspace: Workspace, task: dict[str, Any], reason: str) -> dict[str, str]:
    return {"file": task["path"].relative_to(workspace.raw).as_posix(), "reason": reason}


def _tasks(workspace: Workspace) -> list[dict[str, Any]]:
    listings = read_table(workspace.listings, "merge")
    columns = ["product_id", "model_id", "brand", "shop", "source"]
    return [
        {
            **{column: row[column] for column in columns},
            "view": view,
            "position": position,
            "path": workspace.source(row["source"]) / file,
        }
        for row in listings.to_dict("records")
        for position, (file, view) in enumerate(zip(row["photo_files"], _views(row), strict=True), start=1)
    ]


def _views(row: dict[Any, Any]) -> list[str | None]:
    views, files = row["photo_views"], row["photo_files"]
    return list(views) if len(views) else [None] * len(files)


def _normalise(params: PhotosParams, task: dict[str, Any]) -> _Photo | BadImage:
    try:
        pixels = images.read(task["path"], longest_side=params.longest_side)
    except BadImage as error:
        return error
    photo_id = _pixel_hash(pixels)
    height, width = pixels.shape[:2]
    row = {key: value for key, value in task.items() if key != "path"}
    row |= {"photo_id": photo_id, "file": f"images/{photo_id}.jpg", "width": width, "height": height}
    return _Photo(row, images.encode_jpeg(pixels, params.jpeg_quality), fingerprint(pixels))


def _pixel_hash(pixels: NDArray[np.uint8]) -> str:
    digest = hashlib.sha1(repr(pixels.shape).encode(), usedforsecurity=False)
    digest.update(np.ascontiguousarray(pixels).tobytes())
    return digest.hexdigest()
