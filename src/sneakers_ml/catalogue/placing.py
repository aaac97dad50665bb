"""Listings placed in products, in blocks; what an update does not touch stays where it was."""

from __future__ import annotations

import gc
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sneakers_ml.catalogue.matching.assignment import assign
from sneakers_ml.catalogue.matching.identity import product_id
from sneakers_ml.catalogue.matching.links import blocks, touched
from sneakers_ml.catalogue.matching.reasons import matched_by, reason
from sneakers_ml.catalogue.memory import PLACED, entries_of

__all__ = ["place"]

_MOST = 0.25
"""Share of the listings from which on it is cheaper to place all than to find out what is touched."""
_COLLECTED = 50_000
"""Listings placed after which what their matching left is cleared away: its names point at each other."""
_LINKED = ["links", "name_link", "likeness_links", "model", "colour"]


def place(table: pa.Table, before: pa.Table, *, most: float = _MOST) -> tuple[pa.Table, NDArray[np.bool_]]:
    """The table with all its listings placed, and (n,) which of them are new or were placed anew.

    Args:
        table: of the schema `memory.MEMORY`; what was not cleaned anew is placed as it was in `before`.
        before: the table of the last merge, in which every listing is placed, or those of its rows that are not in
            `table`; an empty one where there was none.
        most: share of the listings that may have changed before all are placed anew.
    """
    listed = table.column("entry").is_valid().to_numpy()
    fresh = np.flatnonzero(listed & ~table.column("product_id").is_valid().to_numpy())
    gone = before.filter(pc.and_(pc.invert(pc.is_in(before["key"], table["key"])), before["entry"].is_valid()))
    same = _same_entries(table, fresh, gone)  # as when a price changed
    seeds = np.setdiff1d(fresh, [row for row, _ in same])
    left = gone.take(pa.array(np.setdiff1d(np.arange(len(gone)), [row for _, row in same]).astype(np.int64)))
    if len(seeds) + len(left) > most * listed.sum():
        rows = np.flatnonzero(listed)
    else:
        graph = pa.concat_tables([table.select(_LINKED), left.select(_LINKED)])
        changed = np.concatenate([seeds, len(table) + np.arange(len(left))])
        rows = np.flatnonzero(touched(graph, changed)[: len(table)] & listed)
    order = np.arange(len(table))
    order[[row for row, _ in same]] = [len(table) + row for _, row in same]
    placed = [table.select(PLACED.names), gone.select(PLACED.names)]
    count = len(table) + len(gone)
    if len(rows):
        chosen = table.select(["brand_key", "links", "entry"]).take(pa.array(rows))
        left_over = 0
        for block in blocks(chosen["brand_key"], chosen["links"]):
            placed.append(_placed(chosen["entry"].take(pa.array(block)).combine_chunks()))
            order[rows[block]] = count + np.arange(len(block))
            count += len(block)
            left_over += len(block)
            if left_over > _COLLECTED:
                gc.collect()
                left_over = 0
    found = pa.concat_tables(placed).take(pa.array(order))
    for name in PLACED.names:
        table = table.set_column(table.schema.get_field_index(name), name, found[name])
    renewed = np.zeros(len(table), bool)
    renewed[rows] = renewed[fresh] = True
    return table, renewed


def _same_entries(table: pa.Table, fresh: NDArray[np.int64], gone: pa.Table) -> list[tuple[int, int]]:
    """Rows of the table and rows of what is gone that are one listing, of which the matching sees the same."""
    if not len(gone):
        return []
    rows = {text: row for row, text in enumerate(gone.column("entry").to_pylist())}  # it names source and id
    texts = table.column("entry").take(pa.array(fresh)).to_pylist()
    return [(int(row), rows[text]) for row, text in zip(fresh, texts, strict=True) if text in rows]


def _placed(texts: pa.Array) -> pa.Table:
    entries = entries_of(texts)
    placements = assign(entries)
    others = [None if placement.joined is None else entries[placement.joined] for placement in placements]
    columns: dict[str, Iterable[object]] = {
        "product_id": [product_id(placement.product) for placement in placements],
        "matched_by": map(matched_by, entries, placements),
        "matched_with": [other and ":".join(other.place) for other in others],
        "match_score": [other and placement.score for placement, other in zip(placements, others, strict=True)],
        "match_reason": map(reason, entries, placements, others),
    }
    return pa.table({name: pa.array(list(columns[name]), PLACED.field(name).type) for name in PLACED.names})
