"""Marks of gender and age: read off a title, a field or the shop's collections."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sneakers_ml.catalogue.cleaning.phrases import parts_of_address
from sneakers_ml.catalogue.cleaning.title import Title

__all__ = ["Marks", "gender_of_field", "marks_of_places", "take_off_edge_marks", "take_off_marks"]

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


@dataclass
class Marks:
    """Marks found so far."""

    genders: set[str]
    kids: bool = False

    @property
    def gender(self) -> str | None:
        """The one gender that is named; "unisex" where several are."""
        return min(self.genders, default=None) if len(self.genders) < 2 else "unisex"


def take_off_marks(title: Title, marks: Marks) -> None:
    """Cut the marks that may stand anywhere: (WMNS), Men's, Kids, GS. Letters alone count in brackets only."""
    for pattern in (_BRACKETS, _ANYWHERE, _SIZES):
        for match in list(pattern.finditer(title.rest)):
            _take(title, match, marks)


def take_off_edge_marks(title: Title, marks: Marks) -> None:
    """Cut W, M, MAN and their like at the beginning and the end of what is left, where they can be nothing else."""
    for find in (_FIRST.match, _LAST.search):
        while len(title.words) > 1 and (match := find(title.rest)):
            _take(title, match, marks)


def _take(title: Title, match: re.Match[str], marks: Marks) -> None:
    kind = str(match.lastgroup)
    if kind == "kids":
        marks.kids = True
    else:
        marks.genders.add(kind)
        marks.kids = marks.kids or re.search(r"boy|girl", match.group(), re.IGNORECASE) is not None
    title.cut(match.start(), match.end(), "age" if kind == "kids" else "gender")


def gender_of_field(text: str | None) -> Marks:
    """What a shop's own gender field says: "Men", "womens", "Herren", "Kids"."""
    return _marks([(_PLACE, text or "")])


def marks_of_places(collections: Iterable[str], url: str | None) -> Marks:
    """What the collections and the address say that hold a listing.

    Kids only where no place is for adults: grade-school sizes stand among women's shoes too. In the address's own last
    part only the trade's marks count ("wmns-nike-air-rift"), for the rest of it may be any words.
    """
    folders, slug = parts_of_address(url)
    return _marks([*((_PLACE, place) for place in (*collections, folders)), (_SLUG, slug)])


def _marks(places: Iterable[tuple[re.Pattern[str], str]]) -> Marks:
    kinds = {str(match.lastgroup) for pattern, text in places for match in pattern.finditer(text.lower())}
    adults = kinds - {"kids"}
    return Marks(adults, kids="kids" in kinds and not adults)
