"""The inverted index through which a listing is compared with those only that it may be alike to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sneakers_ml.catalogue.matching.colourways import Colour
from sneakers_ml.catalogue.matching.model_names import Name
from sneakers_ml.catalogue.matching.similarity import ALIKE, NameMatch, gender_cost, name_keys, name_match, score
from sneakers_ml.catalogue.matching.units import Bucket, Profile

__all__ = ["ProfileIndex"]

Holder = TypeVar("Holder")


@dataclass(slots=True, eq=False)
class _Node(Generic[Holder]):
    """A model's name, the names that match it (itself among them), and its holders by pool and colour."""

    name: Name
    matches: list[tuple[_Node[Holder], NameMatch]] = field(default_factory=list)
    holders: dict[str, dict[Colour, list[tuple[Profile, Holder]]]] = field(default_factory=dict)


class ProfileIndex(Generic[Holder]):
    """Holders (products, in the catalogue) by profile, in named pools that are searched apart.

    Names are compared once, when they come up for the first time, and only within their bucket and under a shared key;
    so the cost grows with the names and colours there are, not with pairs of listings.
    """

    def __init__(self) -> None:
        self._nodes: dict[tuple[Bucket, Name], _Node[Holder]] = {}
        self._postings: dict[tuple[Bucket, str], list[_Node[Holder]]] = {}

    def add(self, profile: Profile, holder: Holder, pool: str) -> None:
        """Let later listings find `holder` under this profile."""
        by_colour = self._node(profile).holders.setdefault(pool, {})
        by_colour.setdefault(profile.colour, []).append((profile, holder))

    def alike(self, profile: Profile, pool: str) -> Iterator[tuple[float, Holder]]:
        """Scores and holders of alike profiles, those of the same name and colour first; a holder may come twice."""
        node = self._node(profile)
        same = node.holders.get(pool, {}).get(profile.colour, [])
        yield from _scored(profile, NameMatch(100.0), profile.colour, same)
        for other, match in node.matches:
            for colour, holders in other.holders.get(pool, {}).items():
                if holders is not same:
                    yield from _scored(profile, match, colour, holders)

    def _node(self, profile: Profile) -> _Node[Holder]:
        place = profile.bucket, profile.name
        if place in self._nodes:
            return self._nodes[place]
        node = self._nodes[place] = _Node(profile.name)
        node.matches.append((node, NameMatch(100.0)))
        keys = sorted(name_keys(node.name))
        postings = [self._postings.setdefault((profile.bucket, key), []) for key in keys]
        for other in {id(other): other for posting in postings for other in posting}.values():
            if there := name_match(node.name, other.name):
                node.matches.append((other, there))
                if back := name_match(other.name, node.name):
                    other.matches.append((node, back))
        for posting in postings:
            posting.append(node)
        return node


def _scored(
    profile: Profile, match: NameMatch, colour: Colour, holders: list[tuple[Profile, Holder]]
) -> Iterator[tuple[float, Holder]]:
    best = score(match, profile.colour, colour) if holders else 0.0
    if best >= ALIKE:
        for other, holder in holders:
            found = best - gender_cost(profile.gender, other.gender)
            if found >= ALIKE and not profile.release.other_than(other.release):
                yield found, holder
