"""The same colour under the names that shops give it. A person who reads two of them still sees one colour."""

from __future__ import annotations

import numpy as np

__all__ = ["family_of", "reword"]

MODIFIED = {
    "White": ("Cloud White", "Ftw White", "Summit White"),
    "Black": ("Core Black", "Core Black"),
    "Navy": ("Collegiate Navy", "Midnight Navy"),
    "Red": ("Team Red", "Power Red"),
    "Silver": ("Matte Silver", "Metallic Silver"),
    "Teal": ("Deep Teal",),
    "Pine": ("Dark Pine",),
    "Sand": ("Desert Sand",),
    "Sky": ("Clear Sky",),
}
"""What makers and shops put in front of a plain name."""
SYNONYMS = {"Navy": "Midnight", "Red": "Scarlet", "Cream": "Ivory", "Wine": "Burgundy", "Ash": "Light Grey"}
"""Another word for the same."""
FAMILIES = {
    "White": "White", "Cream": "Beige", "Bone": "Beige", "Sand": "Beige", "Tan": "Brown", "Cocoa": "Brown",
    "Black": "Black", "Graphite": "Grey", "Ash": "Grey", "Silver": "Silver", "Navy": "Blue", "Cobalt": "Blue",
    "Sky": "Blue", "Teal": "Green", "Mint": "Green", "Moss": "Green", "Pine": "Green", "Lime": "Green",
    "Lemon": "Yellow", "Amber": "Orange", "Rust": "Orange", "Coral": "Orange", "Red": "Red", "Wine": "Red",
    "Rose": "Pink", "Magenta": "Pink", "Lilac": "Purple", "Plum": "Purple",
}  # fmt: skip


def reword(colour: str, rng: np.random.Generator, modified: float, renamed: float) -> list[str]:
    """The colour's parts, each with the given chances of a modifier in front of it or of another name."""
    chances = rng.random((4, 2))
    parts = []
    for part, (first, second) in zip(colour.split("/"), chances, strict=False):
        if part in SYNONYMS and first < renamed:
            parts.append(SYNONYMS[part])
        elif part in MODIFIED and first > 1 - modified:
            parts.append(MODIFIED[part][int(second * len(MODIFIED[part]))])
        else:
            parts.append(part)
    return parts


def family_of(part: str) -> str:
    """The plain colour that a shop files a colour name under."""
    return FAMILIES.get(part, part)
