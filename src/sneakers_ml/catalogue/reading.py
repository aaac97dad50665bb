"""The listings of all sources, read and cleaned: what takes longest of the stage `merge`, so two processes share it.

What was cleaned by the last merge is not cleaned again (see `memory`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pyarrow as pa
from pydantic import ValidationError

from sneakers_ml.catalogue.cleaning.clean import clean
from sneakers_ml.catalogue.cleaning.naming import listing_name
from sneakers_ml.catalogue.listing import Listing, read_listings
from sneakers_ml.catalogue.matching.identity import model_key
from sneakers_ml.catalogue.matching.links import likeness_links, links, name_link
from sneakers_ml.catalogue.matching.units import Entry, entry_of
from sneakers_ml.catalogue.memory import MEMORY, Memory, entry_text
from sneakers_ml.catalogue.money import currency_code
from sneakers_ml.errors import DataError
from sneakers_ml.parallel import end_with_parent, ordered_map

__all__ = ["CleanListings", "LeftOut", "Row", "clean_sources", "read_and_clean"]

Result = TypeVar("Result")

_WORKERS = 2
_BATCH = 2_000
_WORTH_IT = 8_000_000
"""Bytes of listings from which on two processes are quicker than one, their start included."""
_FETCHED_AT = b'"fetched_at":"'
_TAIL = 200
"""Bytes of a line's end that hold its times: to look for them in a whole line takes long."""
_FETCHED = re.compile(
    _FETCHED_AT + rb'(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))"'
    rb'(?=,"first_seen":(?:null|"[^"\\]*"),"delisted":(?:null|"[^"\\]*")\}\s*$)'
)
"""When a listing was fetched, at the end of a line as `write_listings` writes it: all that most crawls change of it."""


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
    fetched_at: datetime | None
    delisted: datetime | None
    price_since: datetime | None
    past_offers: list[dict[str, Any]]


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

    def add(self, source: str, listing: Listing) -> bool:
        """Clean a listing and keep what is needed of it: its description and photo addresses are most of its size.

        Returns whether it is a sneaker, and not set aside.
        """
        shop, key, url, cleaned = listing.shop, listing.listing_id, listing.url, clean(listing)
        if cleaned.set_aside and listing.fetched_at:  # what was imported, somebody chose
            self.set_aside.append(LeftOut(source, shop, key, listing.title or None, url, cleaned.set_aside))
            return False
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
                fetched_at=listing.fetched_at,
                delisted=listing.delisted,
                price_since=listing.price_since or listing.first_seen,
                past_offers=[
                    {**vars(offer), "price": offer.price or None, "currency": currency_code(offer.currency)}
                    for offer in listing.past_offers
                ],
            )
        )
        return True


class _Batch(NamedTuple):
    path: Path
    lines: list[bytes]
    keys: list[bytes]


def read_and_clean(raw: Path, *, batch: int = _BATCH, worth_it: int = _WORTH_IT) -> CleanListings:
    """All listings below data/raw, cleaned; the result does not depend on how the work is shared.

    Args:
        raw: folder of all sources.
        batch: lines that a process takes at a time.
        worth_it: bytes from which on two processes work.

    Raises:
        DataError: a listing breaks its contract, or a process was ended from outside.
    """
    batches = (part for path in sorted(raw.glob("*/listings.jsonl")) for part in _batches(path, batch))
    found = CleanListings()
    for part in _shared(_clean_batch, batches, worth_it):
        found.entries += part.entries
        found.rows += part.rows
        found.set_aside += part.set_aside
    return found


def clean_sources(
    raw: Path, memory: Memory, *, batch: int = _BATCH, worth_it: int = _WORTH_IT
) -> tuple[pa.Table, pa.Table]:
    """All listings below data/raw as a table of the schema `memory.MEMORY`, and the memory's rows that are no more.

    Only listings that changed are cleaned.

    A listing that was fetched again and is otherwise as it was has not changed. Those of the memory come first, in its
    order, then the others, in the order of the sources; these are placed nowhere. The memory is used up.

    Raises:
        DataError: a listing breaks its contract, or a process was ended from outside.
    """
    known: list[int] = []
    fetched: list[datetime | None] = []
    times: dict[bytes, datetime | None] = {}

    def unknown(lines: Iterable[bytes], path: Path) -> Iterator[tuple[bytes, bytes]]:
        source = path.parent.name.encode() + b"\0"
        for line in lines:
            if line.isspace():
                continue
            place = line.rfind(_FETCHED_AT, -_TAIL)
            stated = _FETCHED.match(line, place) if place >= 0 else None
            time = _time(stated[1], times) if stated else None
            same = (line[:place], line[stated.end() :]) if stated else (line,)
            key = hashlib.blake2b(b"".join((source, *same)), digest_size=16).digest()
            row = memory.rows.get(key)
            if row is None or (stated and not time):
                yield line, key
            else:
                known.append(row)
                fetched.append(time)

    def batches() -> Iterator[_Batch]:
        for path in sorted(raw.glob("*/listings.jsonl")):
            with path.open("rb") as file:
                lines = unknown(file, path)
                while part := list(islice(lines, batch)):
                    yield _Batch(path, *map(list, zip(*part, strict=True)))

    fresh = list(_shared(_clean_to_table, batches(), worth_it))
    same, gone = memory.parted(known, fetched)
    return pa.concat_tables([same, *fresh]), gone


def _time(text: bytes, known: dict[bytes, datetime | None]) -> datetime | None:
    """A time as JSON has it, None where there is no such day or hour; listings of one crawl share it."""
    if text not in known:
        with suppress(ValueError, OverflowError):
            known[text] = datetime.fromisoformat(text.decode()).astimezone(UTC)
    return known.setdefault(text, None)


def _batches(path: Path, size: int) -> Iterator[_Batch]:
    with path.open("rb") as file:
        while lines := list(islice(file, size)):
            yield _Batch(path, lines, [])


def _shared(work: Callable[[_Batch], Result], batches: Iterator[_Batch], worth_it: int) -> Iterator[Result]:
    """What comes of the batches, in their order; by two processes where they are worth it."""
    first: list[_Batch] = []
    size = 0
    for part in batches:
        first.append(part)
        size += sum(map(len, part.lines))
        if size >= worth_it:
            return _in_two_processes(work, chain(first, batches))
    return _in_two_processes(work, iter(first)) if size >= worth_it else map(work, first)


def _in_two_processes(work: Callable[[_Batch], Result], batches: Iterator[_Batch]) -> Iterator[Result]:
    """'spawn' because a forked process may inherit locked threads."""
    try:
        with ProcessPoolExecutor(_WORKERS, get_context("spawn"), end_with_parent) as pool:
            yield from ordered_map(lambda batch: pool.submit(work, batch).result(), batches, workers=_WORKERS)
    except BrokenProcessPool:
        raise DataError("A process that cleans listings was ended from outside (memory?); merge again.") from None


def _clean_batch(batch: _Batch) -> CleanListings:
    found = CleanListings()
    for _ in _added(batch, found):
        pass
    return found


def _clean_to_table(batch: _Batch) -> pa.Table:
    found = CleanListings()
    keys: dict[bool, list[bytes]] = {True: [], False: []}
    for key, sneaker in zip(batch.keys, _added(batch, found), strict=True):
        keys[sneaker].append(key)
    entries = found.entries
    kept = _columns(Row._fields, found.rows) | {
        "key": keys[True],
        "entry": list(map(entry_text, entries)),
        "brand_key": [entry.brand for entry in entries],
        "model_key": [model_key(entry.brand, entry.model_name) for entry in entries],
        "links": list(map(links, entries)),
        "name_link": list(map(name_link, entries)),
        "likeness_links": list(map(likeness_links, entries)),
    }
    aside = _columns(LeftOut._fields, found.set_aside) | {"key": keys[False]}
    nothing: list[None] = [None] * len(found.set_aside)
    unplaced: list[None] = [None] * len(found.rows)
    arrays = [
        pa.array([*kept.get(column.name, unplaced), *aside.get(column.name, nothing)], column.type) for column in MEMORY
    ]
    return pa.Table.from_arrays(arrays, schema=MEMORY)


def _columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Sequence[Any]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _added(batch: _Batch, found: CleanListings) -> Iterator[bool]:
    """Add a batch's listings; of each, whether it is kept."""
    try:
        for line in filter(bytes.strip, batch.lines):
            yield found.add(batch.path.parent.name, Listing.model_validate_json(line))
    except ValidationError:
        for _ in read_listings(batch.path):  # which says what is wrong with which line
            pass
        raise
