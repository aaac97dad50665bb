"""Shards: a long table as files of so many rows, each named by what it is made of, so that none is made twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Shard", "plan_shards"]


@dataclass(frozen=True)
class Shard:
    """A file, and the rows of the whole table that belong into it: from `start` up to `stop`."""

    path: Path
    start: int
    stop: int


def plan_shards(folder: Path, inputs: Sequence[object], size: int, common: object) -> list[Shard]:
    """The shards of a table, in order; a file of that name that is there already holds what is wanted.

    Args:
        folder: where they lie.
        inputs: what each row is made of, as JSON.
        size: rows of a shard; the last one has what is left.
        common: what all rows depend on, as JSON.
    """
    shards = []
    for number, start in enumerate(range(0, len(inputs), size)):
        own = inputs[start : start + size]
        key = hashlib.sha256(json.dumps([common, own], sort_keys=True).encode()).hexdigest()
        shards.append(Shard(folder / f"{number:06}-{key[:20]}.parquet", start, start + len(own)))
    return shards
