"""What a shop knows of a thing it sells, and what it makes of that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["Shoe", "Words", "Writer", "pick"]


@dataclass(frozen=True, slots=True)
class Shoe:
    """The facts. A thing that is no shoe is told of in the same way."""

    brand: str
    model: str
    colour: str
    """As the maker names it: parts joined by "/"."""
    style_code: str | None
    """None: this shop does not state it."""
    gender: str
    """men, women, unisex or kids."""
    marked: bool = False
    """The listing is the one for women of a shoe that the shop lists for men too."""


@dataclass(frozen=True, slots=True)
class Words:
    """The shop's words."""

    brand: str
    model: str
    title: str
    colour: str
    slug: str
    description: tuple[str, ...] = ()


Writer = Callable[[Shoe, np.random.Generator], Words]


def pick(rng: np.random.Generator, options: dict[str, float]) -> str:
    """One of the keys, by the shares that are the values."""
    shares = np.array(list(options.values()))
    return str(list(options)[int(rng.choice(len(options), p=shares / shares.sum()))])
