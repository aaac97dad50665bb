"""What one source of a page states of a product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from scrapers.extract.prices import Money

__all__ = ["Facts", "Source"]

Source = Literal["json", "state", "jsonld", "microdata", "selectors"]
"""Where a page's data stands, the sturdiest first: the shop's JSON, embedded state, JSON-LD, microdata, selectors."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Text is as the page has it; None and empty mean that the source does not state it."""

    source: Source
    brand: str | None = None
    title: str | None = None
    model: str | None = None
    colour: str | None = None
    style_code: str | None = None
    gender: str | None = None
    price: Money | None = None
    description: str | None = None
    """HTML or plain text."""
    photos: tuple[str, ...] = ()
    """Addresses as the page has them, in the gallery's order."""
    extra: Mapping[str, JsonValue] = field(default_factory=dict)
    """The shop's own further fields."""
