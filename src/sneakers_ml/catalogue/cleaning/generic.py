"""Words that say no more than that the thing is a shoe."""

from __future__ import annotations

import re

from sneakers_ml.catalogue.cleaning.sheet import Sheet

__all__ = ["take_off_generic_words"]

_SPORT = (
    r"running|basketball|volleyball|tennis|badminton|football|soccer|golf|walking|hiking|skate(?:boarding)?|skateboard|training|"
    r"gym|workout|cross-?training|trail\s+running|track|casual|sports?|lifestyle|fashion|canvas|low[\s-]top|water"
)
_GENERIC = re.compile(
    rf"(?<![\w'-])(?:(?:{_SPORT})\s+)*(?:shoes?|sneakers?|trainers)(?:\s*/\s*(?:shoes?|sneakers?|trainers))*(?![\w-]|'\w)",
    re.IGNORECASE,
)


def take_off_generic_words(sheet: Sheet) -> None:
    """Cut "Shoes", "Sneakers", "Trainers" and the sport in front: "Running Shoes". "Air Trainer 1" stays."""
    if not any(word.key.startswith(("shoe", "sneaker", "trainers")) for word in sheet.words):
        return
    for match in list(_GENERIC.finditer(sheet.rest)):
        sheet.cut(match.start(), match.end(), "generic")
