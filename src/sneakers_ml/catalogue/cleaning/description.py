"""What a description says in lines of its own: the model with its colour in quotes, the colour."""

from __future__ import annotations

import re

from sneakers_ml.catalogue.cleaning.quotes import neat_colour
from sneakers_ml.catalogue.cleaning.sheet import tidy
from sneakers_ml.catalogue.cleaning.words import keys

__all__ = ["described_colour", "quoted_colour"]

_COLOUR = re.compile(
    r"colou?r(?:s|way)?\s*:\s*(.{2,80}?)\s*(?=-\s|-(?:stijl|style|sti)|[\n.;!]|stijlcode|style ?code|$)", re.IGNORECASE
)
_NAMED = re.compile(r'^[\s\-–•*]*(?P<name>[^".!?:]{2,90}?)\s*"(?P<colour>[^"]{2,90})"')
HEAD = 400
"""Such lines stand at a description's beginning; prose further on quotes all sorts of things."""


def quoted_colour(description: str, title: str) -> str | None:
    """The colour of a first line `Brand Model "colour"`, provided that the line shares a word with the title."""
    match = _NAMED.match(tidy(description[:HEAD]))
    if match is None or not set(keys(match["name"])) & set(keys(title)):
        return None
    return neat_colour(match["colour"])


def described_colour(description: str) -> str | None:
    """The colour of a line "Colour: White / Blue"."""
    match = _COLOUR.search(tidy(description[:HEAD]))
    return neat_colour(match.group(1)) if match else None
