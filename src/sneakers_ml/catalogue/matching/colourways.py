"""Colourway names compared: "Core Black/ Ftw White/ Gum5" with "Black White Gum"."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz import fuzz

from sneakers_ml.catalogue.matching.model_names import plain

__all__ = ["MODIFIERS", "Colour", "colour_likeness", "read_colour"]

_WORD = re.compile(r"[^\W\d_]+")
_PHRASES = (
    (re.compile(r"\boff[\s-]+(?=white|black)"), "off"),
    (re.compile(r"\bmulti[\s-]*(?:colou?r(?:ed)?)?\b"), "multicolour"),
    (re.compile(r"\bftww(?:ht|hite)\b"), "footwear white"),
)
_SHORT_FOR = {
    "blk": "black", "cblack": "black", "wht": "white", "wh": "white", "ftw": "footwear", "ftwr": "footwear",
    "gry": "grey", "gray": "grey", "lt": "light", "dk": "dark", "nvy": "navy", "grn": "green", "blu": "blue",
    "slvr": "silver",
}  # fmt: skip
_SYNONYMS = {
    "midnight": "navy", "scarlet": "red", "ivory": "cream", "ecru": "cream", "burgundy": "wine", "bordeaux": "wine",
    "maroon": "wine", "multi": "multicolour",
}  # fmt: skip
_SYNONYMOUS_PAIRS = {("light", "grey"): "ash", ("midnight", "navy"): "navy"}

_SHADES = frozenset({"light", "dark", "deep", "pale", "bright", "neon"})
MODIFIERS = frozenset({
    "cloud", "clear", "chalk", "collegiate", "core", "desert", "footwear", "matte", "metallic", "optic", "power",
    "pure", "summit", "team", "true", "university", "vintage",
})  # fmt: skip
"""Words that makers put in front of a plain colour without making it another."""

_WEIGHTS = dict.fromkeys(_SHADES, 0.7) | dict.fromkeys(MODIFIERS, 0.3)
_OTHER_WORDS_COST = 2.0
_SPELLING = 92.0


class Colour(NamedTuple):
    """A colourway: its words as stated, and the same with synonyms replaced, with their weight.

    Neighbours that are equal are one word. Where one colour ends and the next begins is left out, for shops mark it in
    many ways, and some in none.
    """

    stated: tuple[str, ...]
    words: tuple[str, ...]
    weight: float

    def after(self, words: tuple[str, ...]) -> Colour:
        """The colourway with some words in front of it."""
        return _colour([*words, *self.stated])


@lru_cache(maxsize=1 << 16)
def read_colour(text: str) -> Colour:
    """The words of a colourway's name, main colour first.

    >>> read_colour("Core Black/ Core Black/ Gum5").stated
    ('core', 'black', 'gum')
    """
    folded = plain(text)
    for phrase, meaning in _PHRASES:
        folded = phrase.sub(meaning, folded)
    parts: list[list[str]] = []
    for piece in re.split(r"[/,&+|\-–—]", folded):
        words = " ".join(_SHORT_FOR.get(word, word) for word in _WORD.findall(piece) if word != "and").split()
        if words and words not in parts[-1:]:
            parts.append(words)
    return _colour([word for words in parts for word in words])


def _colour(stated: list[str]) -> Colour:
    words: list[str] = []
    for word in _distinct(stated):
        pair = _SYNONYMOUS_PAIRS.get((words[-1], word)) if words else None
        words = [*words[:-1], pair] if pair else [*words, word]
    words = _distinct([_SYNONYMS.get(word, word) for word in words])
    return Colour(tuple(_distinct(stated)), tuple(words), sum(map(_weight, words)))


def _distinct(words: list[str]) -> list[str]:
    return words[:1] + [word for before, word in pairwise(words) if word != before]


def _weight(word: str) -> float:
    return _WEIGHTS.get(word, 1.0)


@lru_cache(maxsize=1 << 17)
def colour_likeness(one: Colour, other: Colour) -> float:
    """0 to 100; 100 where both state the same words in the same order. Symmetrical.

    Twice the weight of the longest common subsequence over the weight of all words, where a word like "core" weighs
    less than a colour's name; order counts, since white/black is another shoe than black/white. Slips of spelling, and
    words that one of them runs together, are forgiven.
    """
    if one.stated == other.stated:
        return 100.0
    if not one.words or not other.words:
        return 0.0
    whole = one.weight + other.weight
    ordered = 200.0 * _common_weight(one.words, other.words) / whole - _OTHER_WORDS_COST
    spelling = fuzz.ratio("".join(one.stated), "".join(other.stated))
    return max(ordered, spelling - _OTHER_WORDS_COST if spelling >= _SPELLING else 0.0, 0.0)


def _common_weight(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Weight of the heaviest common subsequence, after Wagner and Fischer, The string-to-string correction problem."""
    shared = set(one).intersection(other)
    if len(shared) < 2:  # most pairs
        return sum(_weight(word) * min(one.count(word), other.count(word)) for word in shared)
    above = [0.0] * (len(other) + 1)
    for word in one:
        row = [0.0]
        for place, against in enumerate(other, start=1):
            best = max(above[place], row[-1])
            row.append(max(best, above[place - 1] + _weight(word)) if word == against else best)
        above = row
    return above[-1]
