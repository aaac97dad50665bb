"""A part of a photo."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Region"]


@dataclass(frozen=True, slots=True)
class Region:
    """A box in pixels of the upright photo; right and bottom are exclusive."""

    left: int
    top: int
    right: int
    bottom: int
