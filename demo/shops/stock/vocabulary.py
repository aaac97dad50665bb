"""How shops spell brands, and the names they give one colour. A person who reads two of them still sees one colour."""

from __future__ import annotations

import zlib

import numpy as np

__all__ = ["colour_family", "rename_colour", "spell_brand"]

SPELLINGS = {
    "sneakerbaas": {"Jundo": "JUNDO"},
    "superkicks": {"Fjarn": "FJARN", "Ikaro": "IKARO"},
    "highsnobiety": {"Fjarn": "FJARN", "Hollin": "hollin"},
    "kickscrew": {"Elmari": "ELMARI", "Arvo": "arvo"},
    "footshop": {"Corvane": "CORVANE"},
}
LABELS = {
    "sneakerbaas": {"Arvo": "Arvo Originals"},
    "superkicks": {"Arvo": "Arvo Originals"},
    "footshop": {"Arvo": "Arvo Originals", "Duskell": "Duskell Skateboarding"},
}
"""Sub-labels that a shop's brand field names for about half of a brand's models."""
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


def spell_brand(shop: str, brand: str, model: str) -> tuple[str, str]:
    """(the brand field, the brand as it stands in titles)."""
    written = SPELLINGS.get(shop, {}).get(brand, brand)
    label = LABELS.get(shop, {}).get(brand)
    return (label if label and zlib.crc32(model.encode()) % 2 else written), written


def rename_colour(colour: str, rng: np.random.Generator, modified: float, renamed: float) -> list[str]:
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


def colour_family(part: str) -> str:
    """The plain colour that a shop files a colour name under."""
    return FAMILIES.get(part, part)
