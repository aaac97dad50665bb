"""The parts of a listing's address."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import unquote

__all__ = ["parts_of_address"]


@lru_cache(maxsize=1024)
def parts_of_address(url: str | None) -> tuple[str, str]:
    """(folders, last part) of an address's path, in small letters; empty for none."""
    path = (url or "").partition("#")[0].partition("?")[0]
    _, _, behind_scheme = path.rpartition("://")
    folders, _, last = behind_scheme.rstrip("/").partition("/")[2].rpartition("/")
    return unquote(folders).lower(), unquote(last).lower()
