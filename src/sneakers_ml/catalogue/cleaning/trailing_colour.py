"""The colour at the end of a title without quotes, also where the shop lost the slash between two parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from sneakers_ml.catalogue.cleaning.brand_names import lines_of
from sneakers_ml.catalogue.cleaning.lexicon import lexicon
from sneakers_ml.catalogue.cleaning.phrases import Word, keys, parts_of_address
from sneakers_ml.catalogue.cleaning.stated_colour import neat_colour
from sneakers_ml.catalogue.cleaning.title import Title

__all__ = [
    "take_off_described_colour",
    "take_off_repeated_colour",
    "take_off_trailing_colour",
    "take_off_trailing_year",
]

_LETTER_SLASH = re.compile(r"(?<=[^\W\d_])(?:/\s*|\s+/\s+)(?=[^\W\d_])")
_YEAR = re.compile(r"19[7-9]\d|20[0-3]\d")
_NUMBERED = re.compile(r"gum\d+")
_ALIKE = 84.0
"""Likeness of two words of which one is a misspelling of the other ("trasparant"), 0 to 100."""


class _Vocabulary(NamedTuple):
    """Single words: those that name a colour, those that do so even where others name the model
    ("Juniper White/Black"), and those that may stand in front of one.
    """

    colours: frozenset[str]
    sure: frozenset[str]
    leading: frozenset[str]


@cache
def _vocabulary() -> _Vocabulary:
    file = lexicon().colours
    return _Vocabulary(
        lexicon().colour_words, frozenset((*file.basic, *file.shades)), frozenset((*file.shades, *file.modifiers))
    )


@lru_cache(maxsize=512)
def _phrases(brand: str) -> frozenset[tuple[str, ...]]:
    """Phrases of several words that belong to a colour, and what the brand calls its own."""
    file, entry = lexicon().colours, lexicon().brands.brands.get(brand)
    maker = entry.family_of if entry else None
    own = (*file.of_brand.get(brand, ()), *file.of_brand.get(maker or brand, ()))
    every = map(keys, (*file.phrases, *file.basic, *file.words, *file.modifiers, *own))
    return frozenset(parts for parts in every if len(parts) > 1 or " ".join(parts) in own)


def take_off_trailing_year(title: Title, brand: str) -> None:
    """Cut a year of release behind words of colour: "Dunk Low Black 2021", but not "Air Max 2017"."""
    if len(title.words) < 3 or not _YEAR.fullmatch(title.words[-1].key):
        return
    words = _unglued(title, None)
    if _first_of_colour(words[:-1], brand, title.rest) < len(words) - 1:
        title.cut(words[-1].start, words[-1].end, "year")


def take_off_trailing_colour(title: Title, brand: str, url: str | None) -> str | None:
    """Cut the words of colour at the title's end: "Bondi 8 Olive Haze" gives Olive Haze.

    Two words that stand glued where the address or the words of colours hold them apart lost a slash:
    "SUPERSTAR LUX WONDER BEIGEALUMINIUM" gives WONDER BEIGE/ALUMINIUM.
    """
    words = _unglued(title, url)
    colour = words[_first_of_colour(words, brand, title.rest) :]
    if not colour:
        return None
    starts = [colour[0].start, *(word.start for word in colour[1:] if word.glued)]
    end = colour[-1].end + (title.rest[colour[-1].end : colour[-1].end + 1] == ")")  # "Black (Non-Reflective)"
    pieces = [title.rest[start:end] for start, end in zip(starts, [*starts[1:], end], strict=True)]
    title.cut(starts[0], len(title.rest), "colour")
    return neat_colour("/".join(pieces))


def take_off_repeated_colour(title: Title, colour: str) -> None:
    """Cut words of colour at the title's end that only repeat the colour, which another place states."""
    vocabulary, stated = _vocabulary(), keys(colour)
    if not title.words or not _repeats(title.words[-1], stated):
        return
    words = _unglued(title, None)
    first = len(words)
    while first and _repeats(words[first - 1], stated):
        if words[first - 1].key not in vocabulary.colours and words[first - 1].key not in vocabulary.leading:
            break
        first -= 1
    _cut_from(title, words, first)


def take_off_described_colour(title: Title, brand: str, colour: str, url: str | None) -> None:
    """Cut the title's rendering of a colour that the description quotes in full: all words of it, and of any colour."""
    stated, words = keys(colour), _unglued(title, url)
    first = len(words)
    while first and _repeats(words[first - 1], stated):
        first -= 1
    _cut_from(title, words, _first_of_colour(words[:first], brand, title.rest))


def _cut_from(title: Title, words: Sequence[Word], first: int) -> None:
    """Cut the words from `first` on; the title's first word only where it can name nothing but a colour."""
    if first < len(words) and (first or words[0].key in _vocabulary().sure):
        title.cut(words[first].start, len(title.rest), "colour")


def _repeats(word: Word, stated: Sequence[str]) -> bool:
    """Whether a word is one of those stated, slips of spelling forgiven."""
    return not word.key.isdigit() and any(
        word.key == other or (min(len(word.key), len(other)) > 4 and fuzz.ratio(word.key, other) >= _ALIKE)
        for other in stated
    )


def _first_of_colour(words: Sequence[Word], brand: str, rest: str) -> int:
    """Index of the first word of the colour at the end; the number of words where there is none."""
    phrases, first = _phrases(brand), len(words)
    listed = _listed_from(words, rest)
    while first:
        step = _phrase_before(words, first, phrases)
        if not step and (first > listed or _may_be_colour(words, first - 1)):
            step = 1
        behind_x = first > step and words[first - step - 1].key == "x"  # a partner ("x Off-White"), no colour
        if not step or behind_x or _repeated(words, first, rest):
            break
        first -= step
    if line := lines_of(brand).at(words):  # "Cloud" of the brand On, "Copa Pure"
        first = max(first, line[0])
    if first == 0 and words and words[0].key not in _vocabulary().sure:
        first = 1
    while 0 < first < len(words) and (
        words[first].key == "and" or (not words[first].glued and rest[words[first].start - 1] in "-_'.")  # "XT-Slate"
    ):
        first += 1
    colour = words[first:]
    sure = any(map(_is_colour, colour)) or any(_phrase_before(colour, end + 1, phrases) for end in range(len(colour)))
    return first if sure else len(words)


def _may_be_colour(words: Sequence[Word], index: int) -> bool:
    """By the word itself; before a word of colour also a modifier, what stands glued to it, and the "and" of two."""
    if _is_colour(words[index]) or index + 1 >= len(words):
        return _is_colour(words[index])
    between = words[index].key == "and" and index > 0 and _is_colour(words[index - 1])
    return between or words[index].key in _vocabulary().leading or words[index + 1].glued


def _repeated(words: Sequence[Word], first: int, rest: str) -> bool:
    """The word before the colour is the colour's first once more: "... HIGH TOP UTILITY UTILITY/EGRET" begins late."""
    if not 0 < first < len(words) or words[first].glued or words[first - 1].key != words[first].key:
        return False
    return re.search(r"[/\-&+,]", rest[words[first - 1].end : words[first].start]) is None


def _listed_from(words: Sequence[Word], rest: str) -> int:
    """Index of the word before the first slash of a list of colours ("Falcon/Cement/Bright Green")."""
    slashes = [match.end() for match in _LETTER_SLASH.finditer(rest)]
    starts = [next((i for i, word in enumerate(words) if word.start >= slash), len(words)) for slash in slashes]
    if not starts or not starts[0]:
        return len(words)
    ends = [words[start - 1] for start in (*starts, len(words))]
    return starts[0] - 1 if 2 * sum(map(_is_colour, ends)) >= len(ends) else len(words)


def _is_colour(word: Word) -> bool:
    return word.key in _vocabulary().colours or _NUMBERED.fullmatch(word.key) is not None


def _phrase_before(words: Sequence[Word], end: int, phrases: frozenset[tuple[str, ...]]) -> int:
    """Words of the longest phrase that ends before `end`; 0 for none."""
    lengths = range(min(4, end), 0, -1)
    return next((n for n in lengths if tuple(word.key for word in words[end - n : end]) in phrases), 0)


def _unglued(title: Title, url: str | None) -> list[Word]:
    """The title's words, glued ones apart."""
    slug = keys(parts_of_address(url)[1].removesuffix(".html"))
    words = []
    for word in title.words:
        at = word.start
        for part in _apart(word.key, title.rest[word.start : word.end], slug):
            words.append(Word(at, at + len(part), part, glued=at > word.start))
            at += len(part)
    return words


@lru_cache(maxsize=32768)
def _apart(key: str, text: str, slug: tuple[str, ...]) -> tuple[str, ...]:
    """A word's parts: by the address, by a capital inside, or by the words of colours alone. One part: not glued."""
    colours, _, leading = _vocabulary()
    if len(key) < 6 or len(key) != len(text) or key in colours or key in leading or key in slug:
        return (key,)
    runs = (
        slug[start:end]
        for start, first in enumerate(slug)
        if key.startswith(first)
        for end in range(start + 2, min(start + 6, len(slug)) + 1)
    )
    parts = next((run for run in runs if "".join(run) == key), ())
    if any(part in colours or part in leading for part in parts):
        return parts
    hump = re.search(r"(?<=[a-z])(?=[A-Z])", text)
    if hump and hump.start() > 2 and key[hump.start() :] in colours:
        return key[: hump.start()], key[hump.start() :]
    return _colours_in(key) or (key,)


def _colours_in(key: str) -> tuple[str, ...]:
    """Two or three words of colour, the first of which names one: "KHAKIOFF", "PINKWHITE"."""
    colours, _, leading = _vocabulary()
    for cut in range(len(key) - 3, 2, -1):
        head, tail = key[:cut], key[cut:]
        if head in colours:
            if tail in colours or tail in leading:
                return head, tail
            if further := _colours_in(tail):
                return head, *further
    return ()
