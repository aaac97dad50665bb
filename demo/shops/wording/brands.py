"""How each shop spells the brands."""

from __future__ import annotations

import zlib

__all__ = ["spell"]

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


def spell(shop: str, brand: str, model: str) -> tuple[str, str]:
    """(the brand field, the brand as it stands in titles)."""
    written = SPELLINGS.get(shop, {}).get(brand, brand)
    label = LABELS.get(shop, {}).get(brand)
    return (label if label and zlib.crc32(model.encode()) % 2 else written), written
