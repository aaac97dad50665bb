"""How alike two listings' models and colours are; it depends on the two alone, never on what else there is."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from rapidfuzz import fuzz

from sneakers_ml.catalogue.cleaning.lexicon import lexicon
from sneakers_ml.catalogue.matching.colourways import MODIFIERS, Colour, colour_likeness
from sneakers_ml.catalogue.matching.model_names import HEIGHTS, OPTIONAL, Name, read_name

__all__ = ["ALIKE", "NameMatch", "gender_cost", "name_keys", "name_match", "score"]

ALIKE = 88.0
"""Least score of two listings that are joined by their titles."""

_ALIKE_COLOUR = 80.0
_SPELLING = 85.0  # of the words that differ: kayano and kyano, speed cat and speedcat
_OPTIONAL_COSTS = 8.0
_MOVED_COSTS = 2.0
_GENDER_COSTS = 6.0
_CONTRADICTION = {"men", "women"}
_SHORT = 5  # letters; below it another letter is another word


class NameMatch(NamedTuple):
    """Two names are alike to `score` (0 to 100), if the words in `spare` are colour words.

    `spare` are words that only one of them has; `first` tells whether it is the first.
    """

    score: float
    spare: tuple[str, ...] = ()
    first: bool = True


def name_keys(name: Name) -> frozenset[str]:
    """Only names that share one of these are compared: the two longest words, and the first three letters."""
    words = [word for word in name.words if word not in OPTIONAL]
    longest = sorted(words, key=lambda word: (-len(word), word))[:2]
    return frozenset([*longest, name.letters[:3]]) if words else frozenset([""])


def name_match(one: Name, other: Name) -> NameMatch | None:
    """How alike two names are, None where they name two models.

    Numbers have to be the same, and heights: 550 is not 530, low is not mid. Every other word of one has to stand in
    the other, but for optional words and for spelling; what is left over on one side may be part of the colour there.
    """
    if one.numbers != other.numbers:
        return None
    if one.words == other.words or one.glued == other.glued:
        return NameMatch(100.0)
    ours, theirs = _without(one.words, other.words), _without(other.words, one.words)
    if HEIGHTS.intersection(ours) and HEIGHTS.intersection(theirs):
        return None
    kept, others = ([word for word in words if word not in OPTIONAL] for words in (ours, theirs))
    found = 100.0 - _OPTIONAL_COSTS * (len(ours) + len(theirs) - len(kept) - len(others))
    if kept and others:
        joined, joined_others = "".join(kept), "".join(others)
        short = min(len(joined), len(joined_others)) < _SHORT
        likeness = 0.0 if short or _model_words().issuperset((*kept, *others)) else fuzz.ratio(joined, joined_others)
        return NameMatch(min(found, likeness)) if likeness >= _SPELLING else None
    if kept or others:
        return NameMatch(found - _MOVED_COSTS, tuple(kept or others), first=bool(kept))
    return NameMatch(found)


def _without(words: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
    """`words` less those of `others`, as often as they occur there."""
    left, kept = list(others), []
    for word in words:
        if word in left:
            left.remove(word)
        else:
            kept.append(word)
    return kept


@cache
def _model_words() -> frozenset[str]:
    """Words of models' names in brands.yaml: none of them is another one misspelt, as Samba and Sambae show."""
    lines = (line for entry in lexicon().brands.brands.values() for line in entry.lines)
    return frozenset(word for line in lines for word in read_name(line).words)


def score(names: NameMatch, one: Colour, other: Colour) -> float:
    """0 to 100 for two listings whose names match so and whose colours are these, 0 where the colours are not alike."""
    if names.spare:
        owner, stranger = (one, other) if names.first else (other, one)
        if not MODIFIERS.union(stranger.stated, stranger.words).issuperset(names.spare):
            return 0.0
        one, other = owner.after(names.spare), stranger
    likeness = colour_likeness(one, other)
    return (names.score + likeness) / 2 if likeness >= _ALIKE_COLOUR else 0.0


def gender_cost(one: str | None, other: str | None) -> float:
    """What is taken off the score where one is said to be for men, the other for women: some shops file by habit."""
    return _GENDER_COSTS if one and other and {one, other} == _CONTRADICTION else 0.0
