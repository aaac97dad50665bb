"""Marks of gender and age: read off a title, a field or the shop's collections."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sneakers_ml.catalogue.cleaning.address import parts_of_address
from sneakers_ml.catalogue.cleaning.sheet import Sheet

__all__ = ["Marks", "gender_of_field", "marks_of_places", "take_off_marks"]

_WOMEN = r"wmn'?s|womens?'?|women's|woman(?:'s)?|ladies'?"
_MEN = r"mens|men's|men'|men"
_KIDS = r"kids'?|kid's|(?:little|big|older)\s+kids?'?|toddlers?'?|infants?'?|grade\s*school|pre-?\s?school|juniors'?"
_BOYS, _GIRLS = r"boys'?|boy's", r"girls'?|girl's"
_ANYWHERE = re.compile(
    rf"(?<![\w'-])(?:(?P<women>{_WOMEN}|{_GIRLS})|(?P<men>{_MEN}|{_BOYS})|(?P<unisex>unisex)|(?P<kids>{_KIDS}))(?![\w-]|'\w)",
    re.IGNORECASE,
)
_SIZES = re.compile(r"(?<![\w'./-])(?P<kids>GS|PS|TD)(?![\w'./-])")
_BRACKETS = re.compile(
    r"[(\[]\s*(?:(?P<women>wmns|womens|women's|women|w)|(?P<men>mens|men's|men|m)|(?P<unisex>unisex|u)|"
    r"(?P<kids>gs|ps|td|bg|bp|bt|gp|gt|kids?|junior|jr|infants?|toddlers?|youth|i|c|y))\s*[)\]]",
    re.IGNORECASE,
)
_FIRST = re.compile(r"[\s\-–|]*(?:(?P<women>W|woman)|(?P<men>M|man)|(?P<kids>kid|junior|youth))(?=\s)", re.IGNORECASE)
_LAST = re.compile(
    r"(?<=\s)(?:(?P<women>W|woman)|(?P<men>M|man)|(?P<kids>J|jr\.?|kid|junior|youth))[\s,\-–|]*$", re.IGNORECASE
)
_PLACE = re.compile(
    r"(?<![a-z])(?:(?P<women>women|womens|wmns|woman|ladies|female|damen|dames)|(?P<men>men|mens|man|male|herren|heren)|"
    r"(?P<unisex>unisex)|(?P<kids>kids?|junior|children|toddlers?|infants?|boys?|girls?|gs|youth|kinder))(?![a-z])"
)
_SLUG = re.compile(
    r"(?<![a-z\d])(?:(?P<women>wmns|womens|women)|(?P<men>mens)|(?P<unisex>unisex)|"
    r"(?P<kids>gs|ps|td|kids|infants?|toddlers?))(?![a-z\d])"
)
_ADULT = {"women", "men", "unisex"}


@dataclass
class Marks:
    """Marks found so far."""

    genders: set[str]
    kids: bool = False

    @property
    def gender(self) -> str | None:
        return _one(self.genders)


def _one(genders: set[str]) -> str | None:
    if not genders:
        return None
    return next(iter(genders)) if len(genders) == 1 else "unisex"


def take_off_marks(sheet: Sheet, marks: Marks) -> None:
    """Cut the marks that may stand anywhere: (WMNS), Men's, Kids, GS. Letters alone count in brackets only."""
    for pattern in (_BRACKETS, _ANYWHERE, _SIZES):
        for match in list(pattern.finditer(sheet.rest)):
            _note(sheet, match, marks)


def take_off_edge_marks(sheet: Sheet, marks: Marks) -> None:
    """Cut W, M, MAN and their like at the beginning and the end of what is left, where they can be nothing else."""
    for pattern, method in ((_FIRST, "match"), (_LAST, "search")):
        while len(sheet.words) > 1:
            match: re.Match[str] | None = getattr(pattern, method)(sheet.rest)
            if match is None:
                break
            _note(sheet, match, marks)


def _note(sheet: Sheet, match: re.Match[str], marks: Marks) -> None:
    kind = match.lastgroup or ""
    if kind == "kids":
        marks.kids = True
    else:
        marks.genders.add(kind)
        marks.kids = marks.kids or re.search(r"boy|girl", match.group(), re.IGNORECASE) is not None
    sheet.cut(match.start(), match.end(), "age" if kind == "kids" else "gender")


def gender_of_field(text: str | None) -> Marks:
    """What a shop's own gender field says: "Men", "womens", "Herren", "Kids"."""
    return _marks(_kinds(_PLACE, [text or ""]))


def marks_of_places(collections: Iterable[str], url: str | None) -> Marks:
    """What the collections and the address say that hold a listing.

    Kids only where no place is for adults: grade-school sizes stand among women's shoes too. In the address's own last
    part only the trade's marks count ("wmns-nike-air-rift"), for the rest of it may be any words.
    """
    folders, slug = parts_of_address(url)
    said = _kinds(_PLACE, [*collections, folders]) | _kinds(_SLUG, [slug])
    return _marks(said)


def _kinds(pattern: re.Pattern[str], texts: Iterable[str]) -> set[str]:
    return {match.lastgroup or "" for text in texts for match in pattern.finditer(text.lower())}


def _marks(kinds: set[str]) -> Marks:
    adults = kinds & _ADULT
    return Marks(adults, kids="kids" in kinds and not adults)
