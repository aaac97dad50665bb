"""The colour where a source sets it apart: in quotes, behind a brace, in a field or a description's line of its own.

Quotes are told from apostrophes that are none ('07, WMN'S, Valentine's).
"""

from __future__ import annotations

import re

from sneakers_ml.catalogue.cleaning.phrases import keys
from sneakers_ml.catalogue.cleaning.title import Title, neat, tidy

__all__ = [
    "colour_of_field",
    "described_colour",
    "neat_colour",
    "quoted_colour",
    "take_off_braced_colour",
    "take_off_quoted_colour",
]

_YEAR_MARK = re.compile(r"'\d\d(?![\w'])")
_OPENING = re.compile(r"(?:(?<=[\s(|–—-])|^)['\"](?=[\w(.#&])")
_GLUED = re.compile(r"(?<=\w)['\"](?=\w)")
_CLOSING = re.compile(r"(?<=[\w).!?%+\-*])['\"](?!\w)")
_AFTER = re.compile(
    r"[\s),|–—-]*(?:(?:19|20)\d\d(?:\s*/\s*(?:19|20)?\d\d)*(?:\s*(?:re-?)?(?:releases?|issue|retro))?|re-?releases?)"
    r"(?=\s*$|\s)",
    re.IGNORECASE,
)
_LOOSE_QUOTE = re.compile(r"(?<!\w)'(?!\d\d)|'(?!\w)")
_SLASH = re.compile(r"\s*/\s*")
_LIST = re.compile(r"\s*\[\s*['\"](.*)['\"]\s*\]\s*", re.DOTALL)
_LIST_BREAK = re.compile(r"['\"]\s*,\s*['\"]")
_COLOUR_LINE = re.compile(
    r"(?:colou?r(?:s|way|es?|i)?(?:\s+shown)?|couleurs?|farben?|kleur(?:en)?|\bcor(?:es)?|\bkolor|\bfärg|\bцвета?"
    r"|(?<!as )(?<!is )(?<!are )\bshown)\s*[:：]\s*(.{2,80}?)\s*"
    r"(?=-\s|-(?:stijl|style|sti)|[\n.;!|]|stijlcode|style ?code|\s\w+\s*[:#]|$)",
    re.IGNORECASE,
)
_BULLETS = " -–•*"
_TAG = re.compile(r"<[^<>]*>")
_FIRST_LINE = re.compile(r'^[\s\-–•*]*(?P<name>[^".!?:]{2,90}?)\s*"(?P<colour>[^"]{2,90})"')
_HEAD = 400
"""Such words stand at a description's beginning; prose further on quotes all sorts of things."""


def neat_colour(text: str) -> str | None:
    """A colour as the shop words it, tidied; None where nothing is left."""
    text = _SLASH.sub("/", _LOOSE_QUOTE.sub("", text.replace('"', " ").replace("...", " ").replace("…", " ")))
    text = neat(text.strip(" .'/"), keep_signs=True)
    return text if any(map(str.isalnum, text)) else None


def colour_of_field(text: str | None) -> str | None:
    """A shop's own colour field; lists that were stored as text ("['blue surf', 'white']") are joined by "/"."""
    listed = _LIST.fullmatch(text or "")
    return neat_colour("/".join(_LIST_BREAK.split(listed.group(1))) if listed else text or "")


def quoted_colour(description: str, title: str) -> str | None:
    """The colour of a first line `Brand Model "colour"`, provided that the line shares a word with the title."""
    match = _FIRST_LINE.match(tidy(description[:_HEAD]))
    if match is None or not set(keys(match["name"])) & set(keys(title)):
        return None
    return neat_colour(match["colour"])


def described_colour(description: str) -> str | None:
    """The colour of a line "Colour: White / Blue", "Shown: White/Black" or its like in another language."""
    lines = [tidy(line) for line in _TAG.sub("\n", description).splitlines()]
    places = (_COLOUR_LINE.match(line.lstrip(_BULLETS)) for line in lines)
    match = _COLOUR_LINE.search("\n".join(lines)[:_HEAD]) or next(filter(None, places), None)
    return neat_colour(match.group(1)) if match else None


def take_off_quoted_colour(title: Title) -> str | None:
    """Cut the words in quotes, and a year of release behind them: "Air Jordan 5 OG 'Grape' 2025" gives Grape."""
    start, end = _quoted(title.rest) or (0, 0)
    colour = neat_colour(title.rest[start:end].lstrip("xX").strip("'\""))
    if colour is None:
        return None
    title.cut(start, end, "colour")
    if after := _AFTER.match(title.rest, end):
        title.cut(after.start(), after.end(), "year")
    return colour


def _quoted(text: str) -> tuple[int, int] | None:
    """(place of the opening quote, place behind the closing one); an unclosed quote goes to the text's end.

    Jersey'Black': an opening quote that lost its blank is known by the closing one at the end.
    """
    closings = [match.end() for match in _CLOSING.finditer(text)]
    for start in (match.start() for match in _OPENING.finditer(text)):
        if not _YEAR_MARK.match(text, start):
            return start, max(
                (end for end in closings if end > start + 1 and text[end - 1] == text[start]), default=len(text)
            )
    glued = _GLUED.search(text)
    if not closings or not glued or text[closings[-1] :].strip():
        return None
    start, end = glued.start(), closings[-1]
    if re.search(r"(?<!\w)[xX]$", text[:start]):
        return start - 1, end  # "Superstar 360 X'Minnie Mouse Bow'"
    return (start, end) if text[end - 1] == text[start] and end > start + 3 else None


def take_off_braced_colour(title: Title) -> str | None:
    """Cut the colour behind a brace: "MODEL { COLOUR" and "MODEL { COLOUR }"."""
    start = title.rest.find("{")
    if start < 0 or not title.rest[:start].strip():
        return None
    end = title.rest.find("}", start) + 1 or len(title.rest)
    colour = neat_colour(title.rest[start + 1 : end].rstrip("} "))
    if colour is not None:
        title.cut(start, end, "colour")
    return colour
