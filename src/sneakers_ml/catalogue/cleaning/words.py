"""Words of a title with their places, and the plain keys by which spellings are compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Generic, NamedTuple, Protocol, TypeVar

from unidecode import unidecode

__all__ = ["PhraseBook", "Word", "key", "keys", "phrase", "words_of"]

T = TypeVar("T")
_WORD = re.compile(r"[^\W_]+")


class Word(NamedTuple):
    """A run of letters and digits: its place in the text and its key."""

    start: int
    end: int
    key: str


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


@lru_cache(maxsize=65536)
def key(word: str) -> str:
    """A word for comparing: lower case and without accents. A word of signs that have no like keeps itself."""
    if word.isascii():
        return word.lower()
    return re.sub(r"\W", "", unidecode(word, errors="ignore")).lower() or word.casefold()


def words_of(text: str) -> list[Word]:
    return [Word(match.start(), match.end(), key(match.group())) for match in _WORD.finditer(text)]


def keys(text: str) -> tuple[str, ...]:
    """The keys of a text's words: "P.A.M." gives (p, a, m)."""
    return tuple(key(word) for word in _WORD.findall(text))


def phrase(text: str) -> str:
    """A text as its words' keys with single spaces; equal for spellings that differ in case, accents and signs only."""
    return " ".join(keys(text))


class PhraseBook(Generic[T]):
    """Phrases of words with what they mean; finds the longest one that begins at a place."""

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._book: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for text, meaning in entries:
            parts = keys(text)
            if parts:
                self._book.setdefault(parts[0], []).append((parts, meaning))
        for found in self._book.values():
            found.sort(key=lambda entry: -len(entry[0]))

    def at(self, words: Sequence[_Keyed], start: int = 0) -> tuple[int, T] | None:
        """(index behind the longest phrase that begins at `start`, its meaning)."""
        if start >= len(words):
            return None
        for parts, meaning in self._book.get(words[start].key, ()):
            end = start + len(parts)
            if end == start + 1 or (end <= len(words) and tuple(word.key for word in words[start:end]) == parts):
                return end, meaning
        return None
