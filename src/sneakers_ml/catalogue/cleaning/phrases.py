"""Words of titles and addresses, and the plain keys by which their spellings are compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import unquote

from unidecode import unidecode

__all__ = ["PhraseMatcher", "Word", "key", "keys", "parts_of_address", "phrase", "words_of"]

T = TypeVar("T")
_WORD = re.compile(r"[^\W_]+")


class Word(NamedTuple):
    """A run of letters and digits: its place in the text and its key; `glued` to the one before by a shop's slip."""

    start: int
    end: int
    key: str
    glued: bool = False


@lru_cache(maxsize=65536)
def key(word: str) -> str:
    """A word for comparing: lower case and without accents. A word of signs that have no like keeps itself."""
    if word.isascii():
        return word.lower()
    return re.sub(r"\W", "", unidecode(word, errors="ignore")).lower() or word.casefold()


def words_of(text: str) -> list[Word]:
    """The words of a text, in its order."""
    return [Word(match.start(), match.end(), key(match.group())) for match in _WORD.finditer(text)]


def keys(text: str) -> tuple[str, ...]:
    """The keys of a text's words: "P.A.M." gives (p, a, m)."""
    return tuple(key(word) for word in _WORD.findall(text))


def phrase(text: str) -> str:
    """A text as its words' keys with single spaces; equal for spellings that differ in case, accents and signs only."""
    return " ".join(keys(text))


@lru_cache(maxsize=1024)
def parts_of_address(url: str | None) -> tuple[str, str]:
    """(folders, last part) of an address's path, in small letters; empty for none."""
    path = (url or "").partition("#")[0].partition("?")[0]
    _, _, behind_scheme = path.rpartition("://")
    folders, _, last = behind_scheme.rstrip("/").partition("/")[2].rpartition("/")
    return unquote(folders).lower(), unquote(last).lower()


class PhraseMatcher(Generic[T]):
    """Phrases of words with what they mean; finds the longest one that begins at a place."""

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._by_first_word: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for text, meaning in entries:
            if parts := keys(text):
                self._by_first_word.setdefault(parts[0], []).append((parts, meaning))
        for found in self._by_first_word.values():
            found.sort(key=lambda entry: -len(entry[0]))

    def at(self, words: Sequence[Word], start: int = 0) -> tuple[int, T] | None:
        """(index behind the longest phrase that begins at `start`, its meaning)."""
        if start >= len(words):
            return None
        for parts, meaning in self._by_first_word.get(words[start].key, ()):
            end = start + len(parts)
            if end == start + 1 or (end <= len(words) and tuple(word.key for word in words[start:end]) == parts):
                return end, meaning
        return None
