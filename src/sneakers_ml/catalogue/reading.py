"""The listings of all sources, read and cleaned: what takes longest of the stage `merge`, so two processes share it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from sneakers_ml.catalogue.cleaning.clean import clean
from sneakers_ml.catalogue.cleaning.naming import listing_name
from sneakers_ml.catalogue.listing import Listing, read_listings
from sneakers_ml.catalogue.matching.units import Entry, entry_of
from sneakers_ml.errors import DataError
from sneakers_ml.parallel import ordered_map

__all__ = ["CleanListings", "LeftOut", "Row", "read_and_clean"]

_WORKERS = 2
_BATCH = 2_000
_WORTH_IT = 8_000_000
"""Bytes of listings from which on two processes are quicker than one, their start included."""


class Row(NamedTuple):
    """A kept listing's cells of the table of listings."""

    source: str
    shop: str
    listing_id: str
    label: str | None
    collaborators: list[str]
    model: str | None
    colour: str | None
    gender: str | None
    age: str | None
    style_code: str | None
    title: str
    name: str
    url: str | None
    price: float | None
    currency: str | None
    removed: list[dict[str, str]]
    first_seen: datetime | None
    photo_files: list[str]
    photo_views: list[str | None]


class LeftOut(NamedTuple):
    """A listing's row in the table of what was set aside."""

    source: str
    shop: str
    listing_id: str
    title: str | None
    url: str | None
    reason: str


@dataclass(slots=True)
class CleanListings:
    """What was read. `entries` (for the matching) and `rows` run parallel."""

    entries: list[Entry] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    set_aside: list[LeftOut] = field(default_factory=list)

    def add(self, source: str, listing: Listing) -> None:
        """Clean a listing and keep what is needed of it: its description and photo addresses are most of its size."""
        shop, key, url, cleaned = listing.shop, listing.listing_id, listing.url, clean(listing)
        if cleaned.set_aside and listing.fetched_at:  # what was imported, somebody chose
            self.set_aside.append(LeftOut(source, shop, key, listing.title or None, url, cleaned.set_aside))
            return
        self.entries.append(entry_of(source, listing, cleaned))
        self.rows.append(
            Row(
                source=source,
                shop=shop,
                listing_id=key,
                label=cleaned.label,
                collaborators=list(cleaned.collaborators),
                model=cleaned.model or None,
                colour=cleaned.colour,
                gender=cleaned.gender,
                age=cleaned.age,
                style_code=cleaned.style_code,
                title=listing.title or cleaned.brand_name,
                name=listing_name(listing, cleaned),
                url=url,
                price=cleaned.price,
                currency=cleaned.currency,
                removed=[{"text": removed.text, "kind": removed.kind} for removed in cleaned.removed],
                first_seen=listing.first_seen,
                photo_files=list(listing.photo_files),
                photo_views=list(listing.photo_views),
            )
        )


class _Batch(NamedTuple):
    path: Path
    lines: list[bytes]


def read_and_clean(raw: Path, *, batch: int = _BATCH, worth_it: int = _WORTH_IT) -> CleanListings:
    """All listings below data/raw, cleaned; the result does not depend on how the work is shared.

    Args:
        raw: folder of all sources.
        batch: lines that a process takes at a time.
        worth_it: bytes from which on two processes work.

    Raises:
        DataError: a listing breaks its contract, or a process was ended from outside.
    """
    files = sorted(raw.glob("*/listings.jsonl"))
    batches = (part for path in files for part in _batches(path, batch))
    shared = sum(path.stat().st_size for path in files) >= worth_it
    found = CleanListings()
    for part in _in_two_processes(batches) if shared else map(_clean_batch, batches):
        found.entries += part.entries
        found.rows += part.rows
        found.set_aside += part.set_aside
    return found


def _batches(path: Path, size: int) -> Iterator[_Batch]:
    with path.open("rb") as file:
        while lines := list(islice(file, size)):
            yield _Batch(path, lines)


def _in_two_processes(batches: Iterator[_Batch]) -> Iterator[CleanListings]:
    """The batches in their order, cleaned; 'spawn' because a forked process may inherit locked threads."""
    try:
        with ProcessPoolExecutor(_WORKERS, get_context("spawn")) as pool:
            yield from ordered_map(lambda batch: pool.submit(_clean_batch, batch).result(), batches, workers=_WORKERS)
    except BrokenProcessPool:
        raise DataError("A process that cleans listings was ended from outside (memory?); merge again.") from None


def _clean_batch(batch: _Batch) -> CleanListings:
    found = CleanListings()
    try:
        for line in filter(bytes.strip, batch.lines):
            found.add(batch.path.parent.name, Listing.model_validate_json(line))
    except ValidationError:
        for _ in read_listings(batch.path):  # which says what is wrong with which line
            pass
        raise
    return found
