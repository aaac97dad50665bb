"""Which listings can have a say in each other's placement, and so what an update of some of them touches.

Two listings meet in the matching (`assignment.assign`) where they share a key, a strong style code or a title's
wording, or where their profiles are alike. What is connected over any number of such steps is decided together, and
apart from all else.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sneakers_ml.catalogue.cleaning.naming import NO_BRAND
from sneakers_ml.catalogue.matching.colourways import Colour, read_colour
from sneakers_ml.catalogue.matching.model_names import Name, read_name
from sneakers_ml.catalogue.matching.similarity import ALIKE, NameMatch, name_keys, name_match, score
from sneakers_ml.catalogue.matching.units import Entry, family, is_strong

__all__ = ["blocks", "likeness_links", "links", "name_link", "touched"]

Numbers = NDArray[np.int64]


def links(entry: Entry) -> list[int]:
    """Hashes of what exactly joins a listing to others: its keys, strong style codes, wording."""
    keys = [("key", *key) for key in (entry.key, *entry.also)]
    codes = [("code", code) for code in entry.codes if is_strong(code)]
    return [_hash(*each) for each in (*keys, *codes, *([("wording", *entry.wording)] if entry.wording else []))]


def name_link(entry: Entry) -> int | None:
    """A hash of the bucket and the model's name; None for a listing without a profile."""
    profile = entry.profile
    return _hash("name", repr(profile.bucket), repr(profile.name)) if profile else None


def likeness_links(entry: Entry) -> list[int]:
    """Hashes of bucket and name key: alike names share one."""
    profile = entry.profile
    return [_hash("likeness", repr(profile.bucket), key) for key in sorted(name_keys(profile.name))] if profile else []


def _hash(*parts: str) -> int:
    return int.from_bytes(hashlib.blake2b("\0".join(parts).encode(), digest_size=8).digest(), "little")


def blocks(brands: pa.ChunkedArray, linked: pa.ChunkedArray) -> list[Numbers]:
    """Rows that are placed apart from all others, by the families of their brands.

    Families meet only in style codes of listings without a brand; those that do are one block.

    Args:
        brands: key of the brand of each row.
        linked: its `links`.
    """
    encoded = brands.combine_chunks().dictionary_encode()
    names = [family(brand) for brand in encoded.dictionary.to_pylist()]
    families = sorted(set(names))
    of_brand = np.array([families.index(name) for name in names], np.int64)
    block = of_brand[encoded.indices.to_numpy()]
    if NO_BRAND in families:
        index = _Index.of_lists(linked)
        unnamed = families.index(NO_BRAND)
        met = index.rows_with(index.values_of(np.flatnonzero(block == unnamed)))
        block[np.isin(block, np.unique(block[met]))] = unnamed
    order = np.argsort(block, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(block[order])) + 1)


def touched(table: pa.Table, seeds: Numbers) -> NDArray[np.bool_]:
    """(n,) whether a row is connected to one of the seeds, over any number of steps.

    Args:
        table: columns `links`, `name_link`, `likeness_links`, `model` and `colour`; rows without an entry have none.
        seeds: rows that changed.
    """
    exact, alike = _Index.of_lists(table.column("links")), _Likeness(table)
    reached = np.zeros(len(table), bool)
    reached[seeds] = True
    frontier = np.unique(seeds)
    while len(frontier):
        met = np.concatenate([exact.rows_with(exact.values_of(frontier)), alike.rows_like(frontier)])
        frontier = np.unique(met[~reached[met]])
        reached[frontier] = True
    return reached


class _Index:
    """Values and the rows that hold them, both ways."""

    def __init__(self, values: NDArray[np.uint64], rows: Numbers, starts: Numbers) -> None:
        """`values` of row after row, `rows` that they are of, `starts` of each row's among them and the end of all."""
        self._values, self._starts = values, starts
        order = np.argsort(values, kind="stable")
        self._sorted, self._rows = values[order], rows[order]

    @classmethod
    def of_lists(cls, column: pa.ChunkedArray) -> _Index:
        """Of a column of lists."""
        lists = column.combine_chunks()
        lengths = np.nan_to_num(pa.compute.list_value_length(lists).to_numpy(zero_copy_only=False)).astype(np.int64)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        values = lists.flatten().to_numpy(zero_copy_only=False).astype(np.uint64)
        return cls(values, np.repeat(np.arange(len(lengths)), lengths), starts)

    def values_of(self, rows: Numbers) -> NDArray[np.uint64]:
        """All different values of these rows."""
        found: NDArray[np.uint64] = np.unique(self._values[_ranges(self._starts[rows], self._starts[rows + 1])])
        return found

    def rows_with(self, values: NDArray[np.uint64]) -> Numbers:
        """All rows that hold one of the values; one may come twice."""
        first, last = (np.searchsorted(self._sorted, values, side) for side in ("left", "right"))
        found: Numbers = self._rows[_ranges(first, last)]
        return found


def _ranges(starts: Numbers, stops: Numbers) -> Numbers:
    """The numbers of all ranges, one after the other."""
    lengths = stops - starts
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    numbers: Numbers = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
    return numbers


class _Likeness:
    """Rows by the names and colours of their profiles; what is alike is worked out once, and only when asked for."""

    def __init__(self, table: pa.Table) -> None:
        named = table.column("name_link")
        self._row = np.flatnonzero(named.is_valid().to_numpy())
        links_of_rows = named.drop_null().to_numpy().astype(np.uint64)
        self._links, self._first, name = np.unique(links_of_rows, return_index=True, return_inverse=True)
        self._name = np.full(len(table), -1)
        self._name[self._row] = name
        models, colours = (table.column(column).combine_chunks().dictionary_encode() for column in ("model", "colour"))
        self._models, self._model = models.dictionary, models.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        self._colours, self._colour = colours.dictionary, colours.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        order = np.lexsort([self._colour[self._row], name])
        self._by_name = self._row[order]
        self._starts = np.searchsorted(name[order], np.arange(len(self._links) + 1))
        self._postings = _Index.of_lists(table.column("likeness_links").take(pa.array(self._row[self._first])))
        self._matches: dict[int, list[tuple[int, NameMatch | None, NameMatch | None]]] = {}
        self._rows_of: dict[int, dict[int, Numbers]] = {}
        self._done: set[tuple[int, int]] = set()

    def rows_like(self, rows: Numbers) -> Numbers:
        """All rows whose profiles are alike to those of these rows; one may come twice."""
        rows = rows[self._name[rows] >= 0]
        found: list[Numbers] = []
        for shade in set(zip(self._name[rows].tolist(), self._colour[rows].tolist(), strict=True)) - self._done:
            self._done.add(shade)
            found += self._alike(*shade)
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def _alike(self, name: int, colour: int) -> Iterator[Numbers]:
        ours = self._read_colour(colour)
        for other, there, back in self._matching(name):
            for shade, rows in self._by_colour(other).items():
                theirs = self._read_colour(shade)
                if (there and score(there, ours, theirs) >= ALIKE) or (back and score(back, theirs, ours) >= ALIKE):
                    yield rows

    def _matching(self, name: int) -> list[tuple[int, NameMatch | None, NameMatch | None]]:
        if name not in self._matches:
            ours = self._read_name(name)
            candidates = self._postings.rows_with(self._postings.values_of(np.array([name])))
            pairs = ((int(other), self._read_name(int(other))) for other in np.unique(candidates))
            matches = ((other, name_match(ours, theirs), name_match(theirs, ours)) for other, theirs in pairs)
            self._matches[name] = [match for match in matches if match[1] or match[2]]
        return self._matches[name]

    def _by_colour(self, name: int) -> dict[int, Numbers]:
        if name not in self._rows_of:
            found: dict[int, list[int]] = defaultdict(list)
            for row in self._by_name[self._starts[name] : self._starts[name + 1]].tolist():
                found[int(self._colour[row])].append(row)
            self._rows_of[name] = {colour: np.array(rows) for colour, rows in found.items()}
        return self._rows_of[name]

    def _read_name(self, name: int) -> Name:
        return read_name(self._models[int(self._model[self._row[self._first[name]]])].as_py())

    def _read_colour(self, colour: int) -> Colour:
        return read_colour(self._colours[colour].as_py())
