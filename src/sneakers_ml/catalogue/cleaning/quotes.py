"""The colour in quotes or behind a brace, told from apostrophes that are no quotes ('07, WMN'S, Valentine's)."""

from __future__ import annotations

import re

from sneakers_ml.catalogue.cleaning.sheet import Sheet, neat

__all__ = ["neat_colour", "take_off_braced_colour", "take_off_quoted_colour"]

_YEAR_MARK = re.compile(r"'\d\d(?![\w'])")
_OPENING = re.compile(r"(?:(?<=[\s(|–—-])|^)['\"](?=[\w(.#&])")
_GLUED = re.compile(r"(?<=\w)['\"](?=\w)")
_CLOSING = re.compile(r"(?<=[\w).!?%+\-*])['\"](?!\w)")
_AFTER = re.compile(
    r"[\s)]*(?:(?:19|20)\d\d(?:\s*/\s*(?:19|20)?\d\d)?)?(?:\s*re-?releases?)?(?=\s*$|\s)", re.IGNORECASE
)
_LOOSE_QUOTE = re.compile(r"(?<!\w)'(?!\d\d)|'(?!\w)")
_SLASH = re.compile(r"\s*/\s*")


def neat_colour(text: str) -> str | None:
    """A colour as the shop words it, tidied; None where nothing is left."""
    text = _SLASH.sub("/", _LOOSE_QUOTE.sub("", text.replace('"', " ").replace("...", " ").replace("…", " ")))
    text = neat(text.strip(" .'/"), keep_signs=True)
    return text if any(map(str.isalnum, text)) else None


def take_off_quoted_colour(sheet: Sheet) -> str | None:
    """Cut the words in quotes, and a year of release behind them: "Air Jordan 5 OG 'Grape' 2025" gives Grape."""
    span = _quoted(sheet.rest)
    if span is None:
        return None
    start, end = span
    colour = neat_colour(sheet.rest[start:end].lstrip("xX").strip("'\""))
    if colour is None:
        return None
    sheet.cut(start, end, "colour")
    after = _AFTER.match(sheet.rest, end)
    if after and after.group().strip():
        sheet.cut(after.start(), after.end(), "year")
    return colour


def _quoted(text: str) -> tuple[int, int] | None:
    """(place of the opening quote, place behind the closing one); an unclosed quote goes to the text's end."""
    openings = [match.start() for match in _OPENING.finditer(text) if not _YEAR_MARK.match(text, match.start())]
    closings = [match.end() for match in _CLOSING.finditer(text)]
    if openings:
        start = openings[0]
        fitting = [end for end in closings if end > start + 1 and text[end - 1] == text[start]]
        return start, fitting[-1] if fitting else len(text)
    return _quoted_behind_a_word(text, closings)


def _quoted_behind_a_word(text: str, closings: list[int]) -> tuple[int, int] | None:
    """Jersey'Black': an opening quote that lost its blank is known by the closing one at the end."""
    glued = [match.start() for match in _GLUED.finditer(text)]
    if not closings or not glued or text[closings[-1] :].strip():
        return None
    start, end = glued[0], closings[-1]
    if re.search(r"(?<!\w)[xX]$", text[:start]):
        return start - 1, end  # "Superstar 360 X'Minnie Mouse Bow'"
    return (start, end) if text[end - 1] == text[start] and end > start + 3 else None


def take_off_braced_colour(sheet: Sheet) -> str | None:
    """Cut the colour behind a brace: "MODEL { COLOUR" and "MODEL { COLOUR }"."""
    start = sheet.rest.find("{")
    if start < 0 or not sheet.rest[:start].strip():
        return None
    end = sheet.rest.find("}", start)
    end = len(sheet.rest) if end < 0 else end + 1
    colour = neat_colour(sheet.rest[start + 1 : end].rstrip("} "))
    if colour is not None:
        sheet.cut(start, end, "colour")
    return colour
