"""words.yaml, the words of searches and descriptions, and texts read by it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import snowballstemmer

from sneakers_ml.errors import DataError
from sneakers_ml.word_lists import WordList, parse_file

__all__ = ["Lexicon", "Meaning", "Term", "TermWords", "WordFile", "lexicon", "stem", "tokens_of"]

_FILE = "words.yaml"
_WORD = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile(r"[а-я]")

_SECTIONS = "colours", "kinds", "materials", "uses", "wearers"

Words = tuple[str, ...]


class TermWords(WordList):
    """The words of a term, in two languages, and names of models that it is true of."""

    en: Words = ()
    ru: Words = ()
    models: Words = ()


class WordFile(WordList):
    """words.yaml; its head says what each section is."""

    colours: dict[str, TermWords]
    kinds: dict[str, TermWords]
    materials: dict[str, TermWords]
    uses: dict[str, TermWords]
    wearers: dict[str, TermWords]
    names: dict[str, Words]
    ignored: Words


class Term(NamedTuple):
    """A term of words.yaml, such as ("colours", "blue")."""

    section: str
    name: str

    @property
    def token(self) -> str:
        """How it stands among the words of a text; no word of a text looks like it."""
        return f"={self.name}"


class Meaning(NamedTuple):
    """What a phrase stands for: stems in its place (English ones for Russian, none to ignore it), and a term."""

    words: Words
    term: Term | None


def tokens_of(meanings: Iterable[Meaning]) -> list[str]:
    """Stems and terms, each once."""
    found: dict[str, None] = {}
    for words, term in meanings:
        found |= dict.fromkeys(words)
        if term:
            found[term.token] = None
    return list(found)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A word without case, accents and ending (Snowball, English or Russian by its letters)."""
    plain = unicodedata.normalize("NFC", word.lower()).replace("ё", "е")
    language = "russian" if _CYRILLIC.search(plain) else "english"
    if language == "english":
        letters = unicodedata.normalize("NFKD", plain)
        plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    # A stemmer keeps the word that it works on: threads may not share one.
    return str(snowballstemmer.stemmer(language).stemWord(plain))


def _stems(text: str) -> Words:
    return tuple(map(stem, _WORD.findall(unicodedata.normalize("NFC", text))))


class Lexicon:
    """Reads a text as the words and terms that a search goes by.

    Raises:
        DataError: when the file says of one phrase that it means two things.
    """

    def __init__(self, file: WordFile) -> None:
        self.file = file
        self._phrases: dict[Words, Meaning] = {}
        sections = {name: getattr(file, name) for name in _SECTIONS}
        for section, terms in sections.items():
            for name, entry in terms.items():
                for text in (name, *entry.en, *entry.models):
                    self._add(text, Meaning(_stems(text), Term(section, name)))
                for text in entry.ru:
                    self._add(text, Meaning(_stems(name), Term(section, name)))
        for name, spellings in file.names.items():
            for text in spellings:
                self._add(text, Meaning(_stems(name), None))
        for text in file.ignored:
            self._add(text, Meaning((), None))
        self._longest = max(map(len, self._phrases), default=0)

    def _add(self, text: str, meaning: Meaning) -> None:
        key = _stems(text)
        if not key:
            raise DataError(f"{_FILE}: {text!r} has no letters; take it out")
        if (other := self._phrases.setdefault(key, meaning)) != meaning:
            place = ".".join(other.term) if other.term else "a name or a word to ignore"
            raise DataError(f"{_FILE}: {text!r} stands under {place} already; let it stand once")

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every stem and term that means something."""
        stems = {word for phrase in self._phrases for word in phrase}
        return frozenset(stems | {one.term.token for one in self._phrases.values() if one.term})

    def meaning(self, word: str) -> Meaning:
        """What a single stem stands for; a word that the file does not name stands for itself."""
        return self._phrases.get((word,), Meaning((word,), None))

    def term_tokens(self, term: Term) -> list[str]:
        """The tokens of a text that names just this term."""
        return tokens_of([self._phrases[_stems(term.name)]])

    def terms(self, section: str) -> list[Term]:
        """The terms of a section, in the file's order."""
        return [Term(section, name) for name in getattr(self.file, section)]

    def read(self, text: str) -> list[Meaning]:
        """What a text says, phrase by phrase, the longest first; words to ignore say nothing."""
        return list(self._read(_stems(text)))

    def tokens(self, text: str) -> list[str]:
        """The stems and terms of a text, each once, in its order."""
        return tokens_of(self.read(text))

    def named(self, text: str, section: str) -> frozenset[Term]:
        """The terms of a section that a text names."""
        return frozenset(term for _, term in self.read(text) if term and term.section == section)

    def _read(self, stems: Words) -> Iterator[Meaning]:
        place = 0
        while place < len(stems):
            for length in range(min(self._longest, len(stems) - place), 0, -1):
                if meaning := self._phrases.get(stems[place : place + length]):
                    yield meaning
                    break
            else:
                length = 1
                yield Meaning(stems[place : place + 1], None)
            place += length


@cache
def lexicon() -> Lexicon:
    """That of the words.yaml beside this module."""
    return Lexicon(parse_file(_FILE, (files(__package__) / _FILE).read_text(encoding="utf-8"), WordFile))
