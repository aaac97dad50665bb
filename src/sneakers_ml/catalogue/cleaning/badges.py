"""What shops hang on a title: badges ("SALE!", "[SOLD OUT]", "-20%") and the year of a release ("(2021)")."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice

from sneakers_ml.catalogue.cleaning.brand_names import Brand, brand_at, lines_of, names_brand
from sneakers_ml.catalogue.cleaning.lexicon import lexicon
from sneakers_ml.catalogue.cleaning.phrases import PhraseMatcher, words_of
from sneakers_ml.catalogue.cleaning.title import Title

__all__ = ["take_off_edge_badges", "take_off_enclosed_badges"]

_ENCLOSED = re.compile(
    r"\(([^()]*)\)|\[([^\[\]]*)\]|\{([^{}]*)\}|【([^【】]*)】|\*{1,3}([^*]+)\*{1,3}|~([^~]+)~|<([^<>]+)>|!([^!]+)!|"
    r"^\s*(?:'([^']*)'|\"([^\"]*)\")"
)
_YEAR = re.compile(r"19[7-9]\d|20[0-3]\d")
_PERCENT = r"[-–−]?\d{1,2}\s?%(?!\w)"
_OFF = (
    r"(?:off|rabatt|reduziert|de\s+(?:réduction|remise|descuento|desconto)|di\s+sconto|korting|zniżki|taniej|скидк[аи])"
)
_REDUCED = re.compile(
    rf"(?<![\w%])(?:(?:up\s+to|bis\s+zu|jusqu'à|fino\s+al?|hasta|até|tot|do|до)\s+)?"
    rf"(?:(?:sale|save|discount|rabatt|remise|sconto|descuento|korting|rabat|zniżka|скидка)\s+(?:до\s+)?{_PERCENT}(?:\s*{_OFF})?|"
    rf"{_PERCENT}\s*{_OFF}(?!\w)|[-–−]\d{{1,2}}\s?%(?!\w)|[(\[]\s*{_PERCENT}\s*[)\]]|(?<!.)\s*{_PERCENT})",
    re.IGNORECASE,
)
_SIGN = r"(?:[!|:*•·~,;>)\]/\\]|[.](?=\s)|(?<=\s)[-–—−]+(?=\s)|[–—])"
_BEHIND_FIRST = re.compile(rf"\s*{_SIGN}[\s!|:*•·~,;>)\]/\\.–—-]*")
_APART = re.compile(_SIGN)
_LOOSE_SIGNS = " !|:*•·~,;<([/\\.–—-"
_MOST = 8
"""Badges that a title bears at one place."""
_LONGEST = 4
"""Words of a badge at the end."""
_CAPITALS = 3
"""Letters in capitals that stand out among small ones."""


@cache
def _badges() -> PhraseMatcher[bool]:
    """Words of badges; True where they need no sign to tell them from a name."""
    file = lexicon().badges
    groups = ((True, file.sure), (False, file.loose))
    return PhraseMatcher((text, sure) for sure, lists in groups for texts in lists for text in texts)


@cache
def _releases() -> PhraseMatcher[bool]:
    """Words beside a year of release."""
    return PhraseMatcher((text, True) for text in lexicon().badges.releases)


def take_off_enclosed_badges(title: Title) -> None:
    """Cut badges in brackets or stars, years of release in brackets, and reductions: "(2021)", "**NEW**", "-20%"."""
    if "%" in title.rest:
        for match in list(islice(_REDUCED.finditer(title.rest), _MOST)):
            title.cut(match.start(), match.end(), "badge")
    for match in list(islice(_ENCLOSED.finditer(title.rest), _MOST)):
        kind = _says(match.group(match.lastindex or 0), in_brackets=match.group()[0] in "([{【")
        if kind and len(title.words) > len(words_of(match.group())):
            title.cut(match.start(), match.end(), kind)


def _says(text: str, *, in_brackets: bool) -> str | None:
    """The kind of a text of nothing but badges and years; a year tells the release, and brackets alone show one."""
    words, index, year, badge, release = words_of(text), 0, False, False, False
    while index < len(words):
        key = words[index].key
        if in_brackets and (_YEAR.fullmatch(key) or (year and len(key) == 2 and key.isdigit())):
            year, index = True, index + 1
        elif found := _badges().at(words, index):
            badge, index = True, found[0]
        elif found := _releases().at(words, index):
            release, index = True, found[0]
        else:
            return None
    return "year" if year else "badge" if badge and not release else None  # not "(Limited Edition)"


def take_off_edge_badges(title: Title, brand: Brand) -> None:
    """Cut badges off the beginning and the end of what is left: "PRE-ORDER Nike …", "… 'Panda' - Sold out"."""
    for _ in range(_MOST):
        if not (end := _first_badge(title, brand)):
            break
        behind = _BEHIND_FIRST.match(title.rest, title.words[end - 1].end)
        title.cut(title.words[0].start, behind.end() if behind else title.words[end - 1].end, "badge")
    for _ in range(_MOST):
        if not (start := _last_badge(title, brand)):
            break
        before = len(title.rest[: title.words[start].start].rstrip(_LOOSE_SIGNS))
        title.cut(max(before, title.words[start - 1].end), title.words[-1].end, "badge")


def _first_badge(title: Title, brand: Brand) -> int:
    """Number of words of the badge at the beginning; 0 for none."""
    words = title.words
    end, sure = _badges().at(words) or (0, False)
    if not 0 < end < len(words) or names_brand(title, brand, 0) or brand_at(title, 0):
        return 0
    partner, line = lexicon().partner_names.at(words), lines_of(brand.key).at(words)
    if (partner and partner[0] > end) or (line and line[0] >= end):
        return 0
    named = names_brand(title, brand, end) or brand_at(title, end) or lines_of(brand.key).at(words, end)
    apart = _BEHIND_FIRST.match(title.rest, words[end - 1].end) or _badges().at(words, end)  # "NEW SALE Nike"
    return end if sure or named or apart or _stands_out(title, 0, end) else 0


def _last_badge(title: Title, brand: Brand) -> int:
    """Index of the first word of the badge at the end; 0 for none."""
    words, badges = title.words, _badges()
    for start in range(max(1, len(words) - _LONGEST), len(words)):
        end, sure = badges.at(words, start) or (0, False)
        if end == len(words) and not lines_of(brand.key).at(words, start):
            place = words[start - 1].end, words[start].start
            apart = _APART.search(title.rest, *place)
            behind_colour = title.text[slice(*place)].strip() != title.rest[slice(*place)].strip()
            return start if sure or apart or behind_colour or _stands_out(title, start, end) else 0
    return 0


def _stands_out(title: Title, first: int, end: int) -> bool:
    """Whether the words are in capitals while the title has small letters, and the word beside them is not."""
    words, beside = title.words, title.words[first - 1 if first else end]
    return (
        _capitals(title.rest[words[first].start : words[end - 1].end])
        and not _capitals(title.rest[beside.start : beside.end])  # "NEW YORK METS x Nike"
        and any(map(str.islower, title.text))
    )


def _capitals(text: str) -> bool:
    return len(text) >= _CAPITALS and text.isupper()
