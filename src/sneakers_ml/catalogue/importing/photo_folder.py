"""The photos of a folder by the names that a table gives them, which may be spelt in another system's way."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

__all__ = ["PhotoFolder"]


class PhotoFolder:
    """A folder whose files are found by their path, and else without regard to how it is spelt.

    Other systems write the letters of a name with accents composed or decomposed (Unicode's NFC and NFD), don't tell
    capitals from small letters, and part folders by backslashes, which an archive may have left within names.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._names: dict[Path, dict[str, list[str]]] = {}

    def find(self, file: str) -> list[Path]:
        """The files that a relative path with forward slashes may mean; the path itself where there is none."""
        exact = self._root / file
        if os.path.lexists(exact):
            return [exact]
        found = self._alike(self._root, file.split("/"))
        same = [path for path in found if _composed(path.relative_to(self._root).as_posix()) == _composed(file)]
        return same or found or [exact]

    def _alike(self, folder: Path, parts: Sequence[str]) -> list[Path]:
        if not parts:
            return [folder]
        return [
            path
            for count in range(1, len(parts) + 1)
            for name in self._entries(folder).get(_spelt_alike("/".join(parts[:count])), ())
            for path in self._alike(folder / name, parts[count:])
        ]

    def _entries(self, folder: Path) -> dict[str, list[str]]:
        """The names in a folder by what all their spellings share."""
        if folder not in self._names:
            names: dict[str, list[str]] = {}
            try:
                for name in sorted(os.listdir(folder)):  # noqa: PTH208 - names alone
                    names.setdefault(_spelt_alike(name), []).append(name)
            except OSError:  # no folder, or none that may be looked into
                pass
            self._names[folder] = names
        return self._names[folder]


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _spelt_alike(name: str) -> str:
    return _composed(_composed(name).casefold())
