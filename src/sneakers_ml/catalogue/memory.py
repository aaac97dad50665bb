"""What the stage `merge` worked out last time: every listing, cleaned and placed, and by what others can be like it.

The memory saves work and decides nothing: with it, without it, and whenever it was written, a merge gives the same. It
is one file, written whole or not at all, and good only for the code and the word lists that wrote it.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import TypeAdapter

import sneakers_ml.word_lists
from sneakers_ml.catalogue.matching.units import Entry
from sneakers_ml.files import replacing

__all__ = ["MEMORY", "PLACED", "Memory", "entries_of", "entry_text", "read_memory", "write_memory"]

_TEXT, _TIME = pa.large_string(), pa.timestamp("us", "UTC")
_RULES = ("ftfy", "pydantic", "rapidfuzz", "Unidecode")
"""Packages that cleaning and matching hang on."""
_TIMES = [(name, _TIME) for name in ("first_seen", "last_seen", "delisted")]
PLACED = pa.schema(
    [
        ("product_id", _TEXT),
        ("matched_by", _TEXT),
        ("matched_with", _TEXT),
        ("match_score", pa.float64()),
        ("match_reason", _TEXT),
    ]
)
"""What the matching decides of a listing."""

MEMORY = pa.schema(
    [
        ("key", pa.binary(16)),
        ("source", _TEXT),
        ("shop", _TEXT),
        ("listing_id", _TEXT),
        ("label", _TEXT),
        ("collaborators", pa.list_(_TEXT)),
        ("model", _TEXT),
        ("colour", _TEXT),
        ("gender", _TEXT),
        ("age", _TEXT),
        ("style_code", _TEXT),
        ("title", _TEXT),
        ("name", _TEXT),
        ("url", _TEXT),
        ("price", pa.float64()),
        ("currency", _TEXT),
        ("removed", pa.list_(pa.struct([("text", _TEXT), ("kind", _TEXT)]))),
        ("first_seen", _TIME),
        ("photo_files", pa.list_(_TEXT)),
        ("photo_views", pa.list_(_TEXT)),
        ("fetched_at", _TIME),
        ("delisted", _TIME),
        ("price_since", _TIME),
        ("past_offers", pa.list_(pa.struct([("price", pa.float64()), ("currency", _TEXT), *_TIMES]))),
        ("reason", _TEXT),
        ("entry", _TEXT),
        ("brand_key", _TEXT),
        ("model_key", _TEXT),
        ("links", pa.list_(pa.uint64())),
        ("name_link", pa.uint64()),
        ("likeness_links", pa.list_(pa.uint64())),
        *PLACED,
    ]
)
"""One row a listing: `key` is the hash of its line, `reason` says why it was set aside, else it has an `entry`."""

_ENTRIES = TypeAdapter(list[Entry])


@dataclass
class Memory:
    """The rows of the last merge; `rows` maps a line's key to its row."""

    table: pa.Table = field(default_factory=MEMORY.empty_table)
    rows: dict[bytes, int] = field(default_factory=dict)

    def parted(self, rows: Sequence[int], fetched: Sequence[datetime | None]) -> tuple[pa.Table, pa.Table]:
        """Those rows, in the memory's order and with the time of their fetching, where it is given; and all others.

        The memory is empty after that, and lets go of a column once it was taken: two copies of all would be too much.
        """
        numbers, times = np.asarray(rows, np.int64), pa.array(fetched, _TIME)
        others = np.ones(len(self.table), bool)
        others[numbers] = False
        order = np.argsort(numbers, kind="stable")
        gone, columns = self.table.filter(pa.array(others)), dict(zip(MEMORY.names, self.table.columns, strict=True))
        self.table, self.rows = MEMORY.empty_table(), {}
        if len(gone) or len(numbers) != len(others):
            index = pa.array(numbers[order])
            columns = {name: columns.pop(name).take(index) for name in MEMORY.names}
        columns["fetched_at"] = pc.coalesce(times.take(pa.array(order)), columns["fetched_at"].combine_chunks())
        return pa.table(columns, MEMORY), gone


def entry_text(entry: Entry) -> str:
    """An entry as JSON, which `entries_of` reads."""
    return json.dumps(entry, ensure_ascii=False)


def entries_of(texts: pa.Array) -> list[Entry]:
    """The entries of a column `entry` without gaps."""
    return _ENTRIES.validate_json(f"[{','.join(texts.to_pylist())}]")


def read_memory(path: Path) -> Memory:
    """The memory; empty where there is none, or one of other rules, or a damaged one."""
    try:
        with pa.OSFile(str(path)) as file, pa.ipc.open_file(file) as reader:
            if reader.schema.metadata != {b"rules": _rules()} or not reader.schema.equals(MEMORY):
                return Memory()
            table = reader.read_all().replace_schema_metadata(None)
    except (OSError, pa.ArrowException):
        return Memory()
    keys = table.column("key").to_pylist()
    return Memory(table, dict(zip(keys, range(len(keys)), strict=True)))


def write_memory(table: pa.Table, path: Path) -> None:
    """Keep what was worked out; the old memory stays until the new one is whole."""
    table = table.replace_schema_metadata({"rules": _rules()})
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with replacing(path) as file, pa.ipc.new_file(file, table.schema, options=options) as writer:
        writer.write_table(table)


@cache
def _rules() -> bytes:
    """A hash of all that says how listings are cleaned and matched: code, word lists, versions of libraries."""
    here = Path(__file__).parent
    files = [*here.rglob("*.py"), *here.rglob("*.yaml"), Path(sneakers_ml.word_lists.__file__)]
    versions = [unicodedata.unidata_version, *map(version, _RULES)]
    digest = hashlib.sha256(" ".join(versions).encode())
    for file in sorted(files):
        digest.update(b"\0" + file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest().encode()
