"""The inverted index through which a listing meets only those that it may be alike to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sneakers_ml.catalogue.matching.colours import Colour
from sneakers_ml.catalogue.matching.names import Name
from sneakers_ml.catalogue.matching.similarity import ALIKE, NameMatch, gender_cost, name_keys, name_match, score
from sneakers_ml.catalogue.matching.units import Bucket, Profile

__all__ = ["ProfileIndex"]

Holder = TypeVar("Holder")
_Shelf = dict[Colour, list[tuple[Profile, Holder]]]


@dataclass(slots=True, eq=False)
class _Node(Generic[Holder]):
    """A model's name, the names that match it (itself among them), and who bears it on which shelf in which colour."""

    name: Name
    matches: list[tuple[_Node[Holder], NameMatch]] = field(default_factory=list)
    shelves: dict[str, _Shelf[Holder]] = field(default_factory=dict)


class ProfileIndex(Generic[Holder]):
    """Holders (products, in the catalogue) by profile, on named shelves that are searched apart.

    Names are compared once, when they are met for the first time, and only within their bucket and under a shared key;
    so the cost grows with the names and colours there are, not with pairs of listings.
    """

    def __init__(self) -> None:
        self._nodes: dict[tuple[Bucket, Name], _Node[Holder]] = {}
        self._postings: dict[tuple[Bucket, str], list[_Node[Holder]]] = {}

    def add(self, profile: Profile, holder: Holder, shelf: str) -> None:
        """Let later listings find `holder` under this profile."""
        shelves = self._node(profile).shelves
        shelves.setdefault(shelf, {}).setdefault(profile.colour, []).append((profile, holder))

    def alike(self, profile: Profile, shelf: str) -> Iterator[tuple[float, Holder]]:
        """Scores and holders of alike profiles, those of the same name and colour first; a holder may come twice."""
        node = self._node(profile)
        same = node.shelves.get(shelf, {}).get(profile.colour, [])
        yield from _scored(profile, NameMatch(100.0), profile.colour, same)
        for other, match in node.matches:
            for colour, holders in other.shelves.get(shelf, {}).items():
                if holders is not same:
                    yield from _scored(profile, match, colour, holders)

    def _node(self, profile: Profile) -> _Node[Holder]:
        place = profile.bucket, profile.name
        node = self._nodes.get(place)
        if node is None:
            node = self._nodes[place] = _Node(profile.name)
            self._meet(node, profile.bucket)
        return node

    def _meet(self, node: _Node[Holder], bucket: Bucket) -> None:
        postings = [self._postings.setdefault((bucket, key), []) for key in sorted(name_keys(node.name))]
        others = {id(other): other for posting in postings for other in posting}
        node.matches.append((node, NameMatch(100.0)))
        for other in others.values():
            if there := name_match(node.name, other.name):
                node.matches.append((other, there))
                if back := name_match(other.name, node.name):
                    other.matches.append((node, back))
        for posting in postings:
            posting.append(node)


def _scored(
    profile: Profile, match: NameMatch, colour: Colour, holders: list[tuple[Profile, Holder]]
) -> Iterator[tuple[float, Holder]]:
    best = score(match, profile.colour, colour) if holders else 0.0
    if best >= ALIKE:
        for other, holder in holders:
            found = best - gender_cost(profile.gender, other.gender)
            if found >= ALIKE and not profile.release.other_than(other.release):
                yield found, holder
