"""The stage `photos`: every listing's photos checked, normalised, and told apart from their duplicates."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from sneakers_ml import images
from sneakers_ml.catalogue.duplicates import Fingerprint, duplicate_groups, fingerprint
from sneakers_ml.catalogue.schema import PHOTOS, check
from sneakers_ml.errors import BadImage, DataError
from sneakers_ml.files import replacing_folder
from sneakers_ml.parallel import ordered_map
from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.spreadsheets import write_csv
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


class _Normalised(NamedTuple):
    """A photo's row in the table, its JPEG and what tells near-duplicates."""

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
    rejected: list[tuple[str, str]] = []
    unreadable = duplicates = conflicts = 0
    columns = ["product_id", "model_id", "brand", "shop", "source"]
    tasks = [
        (
            workspace.source(row["source"]) / file,
            {**{key: row[key] for key in columns}, "view": view, "position": number},
        )
        for row in read_table(workspace.listings, "merge").to_dict("records")
        for number, (file, view) in enumerate(zip_longest(row["photo_files"], row["photo_views"]), start=1)
    ]
    photos = ordered_map(partial(_normalise, params), tasks, workers=_WORKERS)
    for done, ((path, _), photo) in enumerate(zip(tasks, photos, strict=True), start=1):
        on_progress(done, len(tasks))
        file = path.relative_to(workspace.raw).as_posix()
        if isinstance(photo, BadImage):
            unreadable += 1
            rejected.append((file, str(photo)))
            continue
        photo_id = str(photo.row["photo_id"])
        if photo_id in kept:
            duplicates += 1
            if (product := kept[photo_id]["product_id"]) != photo.row["product_id"]:
                conflicts += 1
                rejected.append((file, f"The same picture shows product {product} already."))
            continue
        (folder / str(photo.row["file"])).write_bytes(photo.jpeg)
        kept[photo_id] = photo.row
        prints.append(photo.fingerprint)
    if not kept:
        raise DataError(f"{workspace.raw}: no photo could be read; see the files named in listings.jsonl")
    table = pd.DataFrame(list(kept.values()))
    table["duplicate_group"] = duplicate_groups(prints, params.hash_distance, params.colour_distance)
    write_table(check(table, PHOTOS, workspace.photo_table), folder / "photos.parquet")
    write_csv(folder / "rejected.csv", ["file", "reason"], rejected)
    near = len(table) - table["duplicate_group"].nunique()
    return PhotosResult(len(table), unreadable, duplicates, conflicts, near)


def _normalise(params: PhotosParams, task: tuple[Path, dict[str, object]]) -> _Normalised | BadImage:
    """Read one photo, scale it down and take its fingerprint; where it cannot be read, the reason."""
    path, facts = task
    try:
        pixels = images.read(path, longest_side=params.longest_side)
    except BadImage as error:
        return error
    height, width = pixels.shape[:2]
    digest = hashlib.sha1(repr(pixels.shape).encode(), usedforsecurity=False)
    digest.update(np.ascontiguousarray(pixels).tobytes())
    photo_id = digest.hexdigest()
    row = {**facts, "photo_id": photo_id, "file": f"images/{photo_id}.jpg", "width": width, "height": height}
    return _Normalised(row, images.encode_jpeg(pixels, params.jpeg_quality), fingerprint(pixels))
