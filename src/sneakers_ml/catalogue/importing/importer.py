"""Import: a folder or a CSV of photos becomes a source like a crawled shop.

Every photo is decoded once to know that it can be used; the bytes themselves are kept, named by their SHA-1. Importing
again replaces listings of the same id and leaves the others, so nothing doubles.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, field, fields, replace
from datetime import datetime
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

from sneakers_ml import images
from sneakers_ml.catalogue.cleaning.naming import NO_SNEAKER
from sneakers_ml.catalogue.importing.photo_folder import PhotoFolder
from sneakers_ml.catalogue.importing.sources import Fault, Manifest, Rejection, Row, open_manifest, walk_folders
from sneakers_ml.catalogue.listing import Listing, View, read_listings, write_listings
from sneakers_ml.catalogue.offers import continued
from sneakers_ml.errors import BadImage, DataError, UsageError
from sneakers_ml.files import write_atomically
from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.spreadsheets import write_csv

__all__ = ["ImportResult", "import_photos"]

_THREADS = 2
_CHECKED_SIDE = 512
"""Photos are decoded to this longest side: a damaged file shows all the same, in a fraction of the time."""
_SOURCE = re.compile(r"[a-z0-9_-]+")
_SEVERAL = "Several files are spelt like this: {names}. Write the name as one of them."
_ROW = attrgetter("row")
_Stored = tuple[Row, str]
"""What is said of a photo, and the name that it is stored under."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did.

    `listings` = `new` + `replaced`. `photos` are the photos of these listings; `duplicates` are photos left out because
    their listing has the same bytes already; `faults` counts the cells (price, currency, view) that could not be used,
    `faulty` are they. `notes` say in a line each how a CSV was understood.
    """

    source: str
    listings: int
    photos: int
    new: int
    replaced: int
    duplicates: int
    faults: int
    rejected: tuple[tuple[str, str], ...] = ()
    faulty: tuple[Fault, ...] = field(default=(), compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)


def import_photos(
    path: Path,
    *,
    source: str,
    raw: Path,
    manifest: Path | None = None,
    root: Path | None = None,
    no_sneakers: bool = False,
    now: datetime | None = None,
    on_progress: OnProgress = no_progress,
) -> ImportResult:
    """Write `raw`/`source`/listings.jsonl and photos/, rejected.csv where a photo cannot be used, faults.csv for cells.

    Args:
        path: a folder laid out brand/photo.jpg or brand/model/photo.jpg, or a CSV (see `open_manifest`).
        source: name of the source; small letters, digits, `_` and `-`.
        raw: folder of all sources.
        manifest: a CSV that describes the photos in place of the folders' names.
        root: folder that the CSV's `file` column is relative to; the CSV's own folder when None.
        no_sneakers: the photos show other things; their folders and what a CSV says of them but `file` don't matter.
        now: the time that new listings, and new prices of replaced ones, are stamped with as first seen.
        on_progress: called after each photo.

    Raises:
        UsageError: the source's name or a path cannot work.
        DataError: the CSV breaks its contract, there is no photo at all, or the source's folder cannot be written.
    """
    if not _SOURCE.fullmatch(source):
        raise UsageError(f"source {source!r}: use small letters, digits, _ and - only, for example my-photos.")
    for place in (path, manifest, root):
        if place is not None and not place.exists():
            raise UsageError(f"{place}: there is no such folder or file. Check the path.")
    table = manifest or (path if path.is_file() else None)
    if root is not None and table is None:
        raise UsageError("--root says where a CSV's photos lie: give the CSV too, with --manifest.")
    base = path if table is None else root or table.parent
    brand = NO_SNEAKER if no_sneakers else None
    manifest_read = open_manifest(table, brand) if table else Manifest(tuple(walk_folders(path, brand)))
    if not (entries := manifest_read.entries):
        hint = "Lay them out as brand/photo.jpg or list them in the CSV."
        raise DataError(f"{manifest or path}: holds no photos. {hint}")
    folder = raw / source
    try:
        stored, rejected = _store(PhotoFolder(base), entries, folder / "photos", on_progress)
        return replace(_write(source, folder, stored, rejected, now), notes=manifest_read.notes)
    except OSError as error:
        hint = "Free some space or check its rights."
        raise DataError(f"{folder}: cannot be written ({error.strerror}). {hint}") from error


def _store(
    base: PhotoFolder, entries: Sequence[Row | Rejection], photos: Path, on_progress: OnProgress
) -> tuple[dict[str, list[_Stored]], list[Rejection]]:
    """Usable photos by listing, in the order of the input, and what was left out."""
    stored: dict[str, list[_Stored]] = {}
    rejected: list[Rejection] = []
    pool = ThreadPoolExecutor(_THREADS)
    try:
        for done, outcome in enumerate(pool.map(partial(_keep, base, photos), entries), start=1):
            if isinstance(outcome, Rejection):
                rejected.append(outcome)
            else:
                stored.setdefault(outcome[0].listing_id, []).append(outcome)
            on_progress(done, len(entries))
    finally:
        pool.shutdown(cancel_futures=True)  # an interrupted import stops at once
    return stored, rejected


def _keep(base: PhotoFolder, photos: Path, entry: Row | Rejection) -> _Stored | Rejection:
    """Store one photo under the name of its content; or say why not."""
    if isinstance(entry, Rejection):
        return entry
    found = base.find(entry.file)
    if len(found) > 1:
        return Rejection(entry.file, _SEVERAL.format(names=" and ".join(path.name for path in found[:3])))
    try:
        data = images.read_bytes(found[0])
        images.decode(data, longest_side=_CHECKED_SIDE)
    except BadImage as error:
        return Rejection(entry.file, str(error))
    name = f"{hashlib.sha1(data, usedforsecurity=False).hexdigest()}.{images.sniff_extension(data)}"
    target = photos / name
    if not target.is_file() or target.stat().st_size != len(data):
        write_atomically(target, data)
    return entry, name


def _write(
    source: str, folder: Path, stored: dict[str, list[_Stored]], rejected: list[Rejection], now: datetime | None
) -> ImportResult:
    """Write the listings among those that are there already, and the list of what was left out."""
    path = folder / "listings.jsonl"
    before = {old.listing_id: old for old in read_listings(path)} if path.exists() else {}
    listings = {key: continued(_listing(source, key, rows), before.get(key), now) for key, rows in stored.items()}
    merged = before | listings
    write_listings(path, (merged[key] for key in sorted(merged)))
    faulty = [fault for rows in stored.values() for row, _ in rows for fault in row.faulty]
    for name, kind, left_out in (
        ("rejected.csv", Rejection, rejected),
        ("faults.csv", Fault, sorted(faulty, key=_ROW)),
    ):
        if left_out:
            write_csv(folder / name, [each.name for each in fields(kind)], map(astuple, left_out))
        else:
            (folder / name).unlink(missing_ok=True)
    photos = sum(len(listing.photo_files) for listing in listings.values())
    new = len(listings.keys() - before.keys())
    return ImportResult(
        source=source,
        listings=len(listings),
        photos=photos,
        new=new,
        replaced=len(listings) - new,
        duplicates=sum(map(len, stored.values())) - photos,
        faults=sum(row.faults for rows in stored.values() for row, _ in rows),
        rejected=tuple(map(astuple, rejected)),
        faulty=tuple(sorted(faulty, key=_ROW)),
    )


def _listing(source: str, listing_id: str, stored: list[_Stored]) -> Listing:
    """Join the rows of one listing: of each field the first value given, of equal photos one."""
    views: dict[str, View | None] = {}
    for row, name in stored:
        views[name] = views.get(name) or row.view

    def first(field: str) -> Any:
        values = (getattr(row, field) for row, _ in stored)
        return next((value for value in values if value is not None), None)

    priced = next((row for row, _ in stored if row.price is not None), None)
    return Listing(
        shop=first("shop") or source,
        listing_id=listing_id,
        url=first("url"),
        brand_raw=first("brand"),
        title_raw=first("title"),
        model_raw=first("model"),
        colour_raw=first("colour"),
        product_key=first("product_id"),
        style_code=first("style_code"),
        gender=first("gender"),
        price=priced.price if priced else None,
        currency=(priced and priced.currency) or first("currency"),
        photo_files=tuple(f"photos/{name}" for name in views),
        photo_views=tuple(views.values()) if any(views.values()) else (),
    )
