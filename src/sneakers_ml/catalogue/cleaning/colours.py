"""The colour at the end of a title without quotes, also where the shop lost the slash between two parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from sneakers_ml.catalogue.cleaning.address import parts_of_address
from sneakers_ml.catalogue.cleaning.brands import lines_of
from sneakers_ml.catalogue.cleaning.lexicon import lexicon
from sneakers_ml.catalogue.cleaning.quotes import neat_colour
from sneakers_ml.catalogue.cleaning.sheet import Sheet
from sneakers_ml.catalogue.cleaning.words import Word, keys

__all__ = ["colour_of_field", "take_off_described_colour", "take_off_repeated_colour", "take_off_trailing_colour"]

_LIST = re.compile(r"\s*\[\s*['\"](.*)['\"]\s*\]\s*", re.DOTALL)
_LIST_BREAK = re.compile(r"['\"]\s*,\s*['\"]")
_LETTER_SLASH = re.compile(r"(?<=[^\W\d_])(?:/\s*|\s+/\s+)(?=[^\W\d_])")
_NUMBERED = re.compile(r"gum\d+")
ALIKE = 84.0
"""Likeness of two words of which one is a misspelling of the other ("trasparant"), 0 to 100."""


class _Atom(NamedTuple):
    """A word, or a part of one that the shop glued together from two."""

    start: int
    end: int
    key: str
    glued: bool


@cache
def _sets() -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    """(all words that name a colour, the basic ones, shades, all words that may stand before a colour)."""
    file = lexicon().colours
    basic, words = (frozenset(name for name in names if " " not in name) for names in (file.basic, file.words))
    shades = frozenset(file.shades)
    return basic | words, basic, shades, shades | frozenset(file.modifiers)


@lru_cache(maxsize=512)
def _phrases(brand: str) -> frozenset[tuple[str, ...]]:
    file = lexicon().colours
    every = (*file.phrases, *file.basic, *file.words, *file.modifiers, *file.of_brand.get(brand, ()))
    return frozenset(
        parts for parts in map(keys, every) if len(parts) > 1 or " ".join(parts) in file.of_brand.get(brand, ())
    )


def colour_of_field(text: str | None) -> str | None:
    """A shop's own colour field; lists that were stored as text ("['blue surf', 'white']") are joined by "/"."""
    if not text:
        return None
    listed = _LIST.fullmatch(text)
    return neat_colour("/".join(_LIST_BREAK.split(listed.group(1))) if listed else text)


def take_off_trailing_colour(sheet: Sheet, brand: str, url: str | None) -> str | None:
    """Cut the words of colour at the title's end: "Bondi 8 Olive Haze" gives Olive Haze.

    Two words that stand glued where the address or the words of colours hold them apart lost a slash:
    "SUPERSTAR LUX WONDER BEIGEALUMINIUM" gives WONDER BEIGE/ALUMINIUM.
    """
    atoms = _atoms(sheet, url)
    first = _first_of_colour(atoms, brand, sheet.rest)
    if first == len(atoms):
        return None
    start = atoms[first].start
    end = atoms[-1].end
    breaks = [atom.start for atom in atoms[first + 1 :] if atom.glued]
    pieces = [sheet.rest[a:b] for a, b in zip([start, *breaks], [*breaks, end], strict=True)]
    sheet.cut(start, len(sheet.rest), "colour")
    return neat_colour("/".join(pieces))


def take_off_repeated_colour(sheet: Sheet, colour: str) -> None:
    """Cut words of colour at the title's end that only repeat the colour, which another place has told."""
    strong, _, _, before = _sets()
    told = keys(colour)
    if not sheet.words or not _told(sheet.words[-1], told):
        return
    atoms = _atoms(sheet, None)
    first = len(atoms)
    while (
        first and _told(atoms[first - 1], told) and (atoms[first - 1].key in strong or atoms[first - 1].key in before)
    ):
        first -= 1
    _cut_from(sheet, atoms, first)


def take_off_described_colour(sheet: Sheet, brand: str, colour: str, url: str | None) -> None:
    """Cut the title's rendering of a colour that the description quotes in full: all words of it, and of any colour."""
    told, atoms = keys(colour), _atoms(sheet, url)
    first = len(atoms)
    while first and _told(atoms[first - 1], told):
        first -= 1
    _cut_from(sheet, atoms, _first_of_colour(atoms[:first], brand, sheet.rest))


def _cut_from(sheet: Sheet, atoms: Sequence[_Atom], first: int) -> None:
    if 0 < first < len(atoms) or (first == 0 and atoms and _sure(atoms[0])):
        sheet.cut(atoms[first].start, len(sheet.rest), "colour")


def _told(atom: _Atom | Word, told: Sequence[str]) -> bool:
    return not atom.key.isdigit() and any(_alike(atom.key, word) for word in told)


def _alike(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) > 4 and fuzz.ratio(one, other) >= ALIKE)


def _sure(atom: _Atom) -> bool:
    """A word that names a colour even at a title's beginning, where others name the model ("Juniper White/Black")."""
    _, basic, shades, _ = _sets()
    return atom.key in basic or atom.key in shades


def _first_of_colour(atoms: Sequence[_Atom], brand: str, rest: str) -> int:
    """Index of the first atom of the colour at the end; the number of atoms where there is none."""
    first = _scan_back(atoms, brand, rest)
    first = _without_model_words(atoms, first, brand)
    strong = _sets()[0]
    if first == 0 and atoms and not _sure(atoms[0]):
        first = 1
    while 0 < first < len(atoms) and (atoms[first].key == "and" or _inside_word(atoms[first], rest)):
        first += 1
    sure = any(_is_colour(atom.key, strong) for atom in atoms[first:]) or _phrase_in(atoms[first:], brand)
    return first if sure else len(atoms)


def _inside_word(atom: _Atom, rest: str) -> bool:
    """The second half of a hyphened word that begins with no colour: "XT-Slate"."""
    return not atom.glued and rest[atom.start - 1] in "-_'."


def _scan_back(atoms: Sequence[_Atom], brand: str, rest: str) -> int:
    """Index of the first of the atoms at the end that may all belong to a colour."""
    phrases, first = _phrases(brand), len(atoms)
    listed = _listed_from(atoms, rest, _sets()[0])
    while first:
        step = _phrase_before(atoms, first, phrases)
        if not step and (first > listed or _may_be_colour(atoms, first - 1)):
            step = 1
        if not step or _repeated(atoms, first, rest) or _behind_x(atoms, first - step):
            break
        first -= step
    return first


def _may_be_colour(atoms: Sequence[_Atom], index: int) -> bool:
    """By the word itself; before a word of colour also a modifier, what stands glued to it, and the "and" of two."""
    strong, _, _, before = _sets()
    if _is_colour(atoms[index].key, strong):
        return True
    if index + 1 >= len(atoms):
        return False
    between = atoms[index].key == "and" and index > 0 and _is_colour(atoms[index - 1].key, strong)
    return between or atoms[index].key in before or atoms[index + 1].glued


def _repeated(atoms: Sequence[_Atom], first: int, rest: str) -> bool:
    """The word before the colour is the colour's first once more: "... HIGH TOP UTILITY UTILITY/EGRET" begins late."""
    if not 0 < first < len(atoms) or atoms[first].glued or atoms[first - 1].key != atoms[first].key:
        return False
    return re.search(r"[/\-&+,]", rest[atoms[first - 1].end : atoms[first].start]) is None


def _listed_from(atoms: Sequence[_Atom], rest: str, strong: frozenset[str]) -> int:
    """Index of the word before the first slash of a list of colours ("Falcon/Cement/Bright Green")."""
    slashes = [match.end() for match in _LETTER_SLASH.finditer(rest)]
    starts = [next((i for i, atom in enumerate(atoms) if atom.start >= slash), len(atoms)) for slash in slashes]
    if not starts or not starts[0]:
        return len(atoms)
    ends = [atoms[start - 1].key for start in (*starts, len(atoms))]
    known = sum(_is_colour(key, strong) for key in ends)
    return starts[0] - 1 if 2 * known >= len(ends) else len(atoms)


def _behind_x(atoms: Sequence[_Atom], index: int) -> bool:
    """What stands behind an "x" is a partner ("x Off-White"), not a colour."""
    return index > 0 and atoms[index - 1].key in {"x", "×"}


def _is_colour(key: str, strong: frozenset[str]) -> bool:
    return key in strong or _NUMBERED.fullmatch(key) is not None


def _phrase_before(atoms: Sequence[_Atom], end: int, phrases: frozenset[tuple[str, ...]]) -> int:
    for length in range(min(4, end), 0, -1):
        if tuple(atom.key for atom in atoms[end - length : end]) in phrases:
            return length
    return 0


def _phrase_in(atoms: Sequence[_Atom], brand: str) -> bool:
    phrases = _phrases(brand)
    return any(_phrase_before(atoms, end, phrases) for end in range(1, len(atoms) + 1))


def _without_model_words(atoms: Sequence[_Atom], first: int, brand: str) -> int:
    """Past words with which the brand's models begin ("Cloud" of the brand On, "Copa Pure")."""
    found = lines_of(brand).at(atoms)
    return max(first, found[0]) if found else first


def _atoms(sheet: Sheet, url: str | None) -> list[_Atom]:
    """The sheet's words, glued ones apart."""
    slug = _slug_parts(url) if url else ()
    atoms = []
    for word in sheet.words:
        at = word.start
        for index, part in enumerate(_apart(word.key, sheet.rest[word.start : word.end], slug)):
            atoms.append(_Atom(at, at + len(part), part, glued=index > 0))
            at += len(part)
    return atoms


@lru_cache(maxsize=4096)
def _slug_parts(url: str) -> tuple[str, ...]:
    return keys(parts_of_address(url)[1].removesuffix(".html"))


@lru_cache(maxsize=32768)
def _apart(key: str, text: str, slug: tuple[str, ...]) -> tuple[str, ...]:
    """A word's parts: by the address, by a capital inside, or by the words of colours alone. One part: not glued."""
    strong, _, _, before = _sets()
    if len(key) < 6 or len(key) != len(text) or key in strong or key in before or key in slug:
        return (key,)
    parts = _by_slug(key, slug)
    if parts and any(part in strong or part in before for part in parts):
        return parts
    hump = re.search(r"(?<=[a-z])(?=[A-Z])", text)
    if hump and hump.start() > 2 and key[hump.start() :] in strong:
        return key[: hump.start()], key[hump.start() :]
    return _by_words(key, strong, lambda part: part in strong or part in before) or (key,)


def _by_slug(key: str, slug: tuple[str, ...]) -> tuple[str, ...]:
    for start in range(len(slug)):
        if key.startswith(slug[start]):
            for end in range(start + 2, min(start + 6, len(slug)) + 1):
                if "".join(slug[start:end]) == key:
                    return slug[start:end]
    return ()


def _by_words(key: str, strong: frozenset[str], fits: Callable[[str], bool]) -> tuple[str, ...]:
    """Two or three words of colour, the first of which names one: "KHAKIOFF", "PINKWHITE"."""
    for cut in range(len(key) - 3, 2, -1):
        head, tail = key[:cut], key[cut:]
        if head in strong:
            if fits(tail):
                return head, tail
            further = _by_words(tail, strong, fits)
            if further:
                return head, *further
    return ()
