"""What a storefront remembers of its visitors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Hit", "Storefronts"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One request and how it was answered."""

    method: str
    path: str
    """With the query."""
    status: int
    user_agent: str
    conditional: bool
    """It asked for the page only if it had changed."""
    at: float
    """Seconds of a monotonic clock, when the request came."""


class Storefronts(dict[str, str]):
    """Shop -> "http://127.0.0.1:PORT"; `hits` holds every request so far, shop by shop."""

    def __init__(self, addresses: Mapping[str, str], hits: Mapping[str, list[Hit]]) -> None:
        super().__init__(addresses)
        self.hits = hits
