"""How each shop words a listing: its title, its colour names, its address and its description."""

from __future__ import annotations

from demo.shops.wording import footshop, highsnobiety, kickscrew, sneakerbaas, superkicks
from demo.shops.wording.words import Shoe, Words, Writer

__all__ = ["WRITERS", "Shoe", "Words", "Writer"]

WRITERS: dict[str, Writer] = {
    "sneakerbaas": sneakerbaas.write,
    "superkicks": superkicks.write,
    "highsnobiety": highsnobiety.write,
    "kickscrew": kickscrew.write,
    "footshop": footshop.write,
}
