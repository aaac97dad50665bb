"""Import: a folder or a CSV of photos becomes a source like a crawled shop.

Every photo is decoded once to know that it can be used; the bytes themselves are kept, named by their SHA-1. Importing
again replaces listings of the same id and leaves the others, so nothing doubles.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from sneakers_ml import images
from sneakers_ml.catalogue.listing import Listing, View, read_listings, write_listings
from sneakers_ml.catalogue.manifest import Rejection, Row, read_manifest, walk_folders
from sneakers_ml.errors import BadImage, DataError, UsageError
from sneakers_ml.files import replacing

__all__ = ["ImportResult", "import_photos"]

THREADS = 2
CHECKED_SIDE = 512
"""Photos are decoded to this longest side: a damaged file shows all the same, in a fraction of the time."""
_SOURCE = re.compile(r"[a-z0-9_-]+")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did.

    `listings` = `new` + `replaced`. `photos` are the photos of these listings; `duplicates` are photos left out because
    their listing has the same bytes already; `faults` are cells (price, view) that could not be used.
    """

    source: str
    listings: int
    photos: int
    new: int
    replaced: int
    duplicates: int
    faults: int
    rejected: tuple[tuple[str, str], ...] = ()


@dataclass
class _Harvest:
    """Usable photos by listing, in the order of the input, and what was left out."""

    shots: dict[str, list[tuple[Row, str]]] = field(default_factory=dict)
    rejected: list[Rejection] = field(default_factory=list)


def import_photos(
    path: Path,
    *,
    source: str,
    raw: Path,
    manifest: Path | None = None,
    root: Path | None = None,
    now: datetime | None = None,
    on_progress: Progress | None = None,
) -> ImportResult:
    """Write `raw`/`source`/listings.jsonl and photos/, and rejected.csv where a photo cannot be used.

    Args:
        path: a folder laid out brand/photo.jpg or brand/model/photo.jpg, or a CSV (see `read_manifest`).
        source: name of the source; small letters, digits, `_` and `-`.
        raw: folder of all sources.
        manifest: a CSV that describes the photos in place of the folders' names.
        root: folder that the CSV's `file` column is relative to; the CSV's own folder when None.
        now: the time that new listings are stamped with as first seen; replaced ones keep theirs.
        on_progress: called after each photo with photos done and photos in all.

    Raises:
        UsageError: the source's name or a path cannot work.
        DataError: the CSV breaks its contract, there is no photo at all, or the source's folder cannot be written.
    """
    if not _SOURCE.fullmatch(source):
        raise UsageError(f"source {source!r}: use small letters, digits, _ and - only, for example my-photos.")
    base, entries = _entries(path, manifest, root)
    if not entries:
        raise DataError(
            f"{manifest or path}: holds no photos. Lay them out as brand/photo.jpg or list them in the CSV."
        )
    folder = raw / source
    try:
        harvest = _harvest(base, entries, folder / "photos", on_progress)
        return _write(source, folder, harvest, now)
    except OSError as error:
        raise DataError(
            f"{folder}: cannot be written ({error.strerror}). Free some space or check its rights."
        ) from error


def _entries(path: Path, manifest: Path | None, root: Path | None) -> tuple[Path, list[Row | Rejection]]:
    """The folder that file names are relative to, and what is said of each photo."""
    for place in (path, manifest, root):
        if place is not None and not place.exists():
            raise UsageError(f"{place}: there is no such folder or file. Check the path.")
    table = manifest or (path if path.is_file() else None)
    if table is not None:
        return root or table.parent, list(read_manifest(table))
    if root is not None:
        raise UsageError("--root says where a CSV's photos lie: give the CSV too, with --manifest.")
    return path, list(walk_folders(path))


def _harvest(base: Path, entries: list[Row | Rejection], photos: Path, on_progress: Progress | None) -> _Harvest:
    harvest = _Harvest()
    pool = ThreadPoolExecutor(THREADS)
    try:
        kept = pool.map(partial(_keep, base, photos), entries)
        for done, (entry, outcome) in enumerate(zip(entries, kept, strict=True), start=1):
            if isinstance(entry, Row) and isinstance(outcome, str):
                harvest.shots.setdefault(entry.listing_id, []).append((entry, outcome))
            elif isinstance(outcome, Rejection):
                harvest.rejected.append(outcome)
            if on_progress is not None:
                on_progress(done, len(entries))
    finally:
        pool.shutdown(cancel_futures=True)  # an interrupted import stops at once
    return harvest


def _keep(base: Path, photos: Path, entry: Row | Rejection) -> str | Rejection:
    """Store one photo under the name of its content and return that name; or say why not."""
    if isinstance(entry, Rejection):
        return entry
    try:
        data = images.read_bytes(base / entry.file)
        images.decode(data, longest_side=CHECKED_SIDE)
    except BadImage as error:
        return Rejection(entry.file, str(error))
    name = f"{hashlib.sha1(data, usedforsecurity=False).hexdigest()}.{images.sniff_extension(data)}"
    target = photos / name
    if not target.is_file() or target.stat().st_size != len(data):
        with replacing(target) as file:
            file.write(data)
    return name


def _write(source: str, folder: Path, harvest: _Harvest, now: datetime | None) -> ImportResult:
    path = folder / "listings.jsonl"
    before = {old.listing_id: old for old in read_listings(path)} if path.exists() else {}
    seen = {key: before[key].first_seen if key in before else now for key in harvest.shots}
    listings = {key: _listing(source, key, shots, seen[key]) for key, shots in harvest.shots.items()}
    merged = before | listings
    write_listings(path, (merged[key] for key in sorted(merged)))
    _write_rejected(folder / "rejected.csv", harvest.rejected)
    shots = [row for kept in harvest.shots.values() for row, _ in kept]
    photos = sum(len(listing.photo_files) for listing in listings.values())
    new = len(listings.keys() - before.keys())
    return ImportResult(
        source=source,
        listings=len(listings),
        photos=photos,
        new=new,
        replaced=len(listings) - new,
        duplicates=len(shots) - photos,
        faults=sum(row.faults for row in shots),
        rejected=tuple((rejection.file, rejection.reason) for rejection in harvest.rejected),
    )


def _listing(source: str, listing_id: str, shots: list[tuple[Row, str]], first_seen: datetime | None) -> Listing:
    """Join the rows of one listing: of each field the first value given, of equal photos one."""
    rows = [row for row, _ in shots]
    views: dict[str, View | None] = {}
    for row, name in shots:
        views[name] = views.get(name) or row.view
    return Listing(
        shop=source,
        listing_id=listing_id,
        url=_first(row.url for row in rows),
        brand_raw=rows[0].brand,
        title_raw=_first(row.title for row in rows),
        model_raw=_first(row.model for row in rows),
        colour_raw=_first(row.colour for row in rows),
        product_key=_first(row.product_id for row in rows),
        style_code=_first(row.style_code for row in rows),
        gender=_first(row.gender for row in rows),
        price=next((row.price for row in rows if row.price is not None), None),
        currency=_first(row.currency for row in rows),
        photo_files=tuple(f"photos/{name}" for name in views),
        photo_views=tuple(views.values()) if any(views.values()) else (),
        first_seen=first_seen,
    )


def _first(values: Iterable[str | None]) -> str | None:
    return next(filter(None, values), None)


def _write_rejected(path: Path, rejected: list[Rejection]) -> None:
    """Leave rejected.csv as this import's list; none where nothing was left out."""
    if not rejected:
        path.unlink(missing_ok=True)
        return
    table = io.StringIO(newline="")
    csv.writer(table, lineterminator="\n").writerows([("file", "reason"), *((r.file, r.reason) for r in rejected)])
    with replacing(path) as file:
        file.write(table.getvalue().encode())
