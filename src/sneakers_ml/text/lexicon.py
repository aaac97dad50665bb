"""words.yaml, the words of searches and descriptions, and texts read by it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import snowballstemmer

from sneakers_ml.errors import DataError
from sneakers_ml.word_lists import WordList, parse_file

__all__ = [
    "Lexicon",
    "Meaning",
    "Term",
    "TermWords",
    "WordFile",
    "lexicon",
    "spoken",
    "stem",
    "tokens_of",
]

_FILE = "words.yaml"
_WORD = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile(r"[а-я]")
_CODE = re.compile(r"\d{5}|[a-z]{1,2}\d{4}")

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


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for.

    words  stems in its place: English ones for Russian, none to ignore it
    term   of words.yaml
    said   the phrase in English, for who reads sentences: as it was typed, or the term's name or the catalogue's
           spelling for Russian; two phrases that differ in nothing else mean the same
    """

    words: Words
    term: Term | None
    said: str = field(default="", compare=False)


def tokens_of(meanings: Iterable[Meaning]) -> list[str]:
    """Stems and terms, each once."""
    found: dict[str, None] = {}
    for meaning in meanings:
        found |= dict.fromkeys(meaning.words)
        if meaning.term:
            found[meaning.term.token] = None
    return list(found)


def spoken(tokens: Iterable[str]) -> list[str]:
    """The tokens without codes, which say nothing of what a shoe looks like."""
    return [token for token in tokens if not _CODE.search(token)]


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


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text))


def _stems(text: str) -> Words:
    return tuple(map(stem, _words(text)))


class Lexicon:
    """Reads a text as the words and terms that a search goes by.

    Raises:
        DataError: when the file says of one phrase that it means two things.
    """

    def __init__(self, file: WordFile) -> None:
        self.file = file
        self._phrases: dict[Words, Meaning] = {}  # `said` only of those in Russian
        sections = {name: getattr(file, name) for name in _SECTIONS}
        for section, terms in sections.items():
            for name, entry in terms.items():
                for text in (name, *entry.en, *entry.models):
                    self._add(text, Meaning(_stems(text), Term(section, name)))
                for text in entry.ru:
                    self._add(text, Meaning(_stems(name), Term(section, name), name))
        for name, spellings in file.names.items():
            for text in spellings:
                self._add(text, Meaning(_stems(name), None, " ".join(_words(name))))
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

    def meaning(self, word: str, typed: str = "") -> Meaning:
        """What a single stem stands for, as it was typed; one that the file does not name stands for itself."""
        return _as_typed(self._phrases.get((word,), Meaning((word,), None)), [typed or word])

    def of_term(self, term: Term) -> Meaning:
        """What a text means that names just this term."""
        return _as_typed(self._phrases[_stems(term.name)], [term.name])

    def term_tokens(self, term: Term) -> list[str]:
        """The tokens of a text that names just this term."""
        return tokens_of([self.of_term(term)])

    def terms(self, section: str) -> list[Term]:
        """The terms of a section, in the file's order."""
        return [Term(section, name) for name in getattr(self.file, section)]

    def read(self, text: str) -> list[Meaning]:
        """What a text says, phrase by phrase, the longest first; words to ignore say nothing."""
        return list(self._read(_words(text)))

    def tokens(self, text: str) -> list[str]:
        """The stems and terms of a text, each once, in its order."""
        return tokens_of(self.read(text))

    def named(self, text: str, section: str) -> frozenset[Term]:
        """The terms of a section that a text names."""
        return frozenset(one.term for one in self.read(text) if one.term and one.term.section == section)

    def _read(self, typed: list[str]) -> Iterator[Meaning]:
        stems, place = tuple(map(stem, typed)), 0
        while place < len(stems):
            for length in range(min(self._longest, len(stems) - place), 0, -1):
                if meaning := self._phrases.get(stems[place : place + length]):
                    yield _as_typed(meaning, typed[place : place + length])
                    break
            else:
                length = 1
                yield Meaning(stems[place : place + 1], None, typed[place])
            place += length


def _as_typed(meaning: Meaning, typed: Sequence[str]) -> Meaning:
    """A phrase of the file, said as it was typed, unless it is a Russian one or to be ignored."""
    if meaning.said or not meaning.words:
        return meaning
    return Meaning(meaning.words, meaning.term, " ".join(typed))


@cache
def lexicon() -> Lexicon:
    """That of the words.yaml beside this module."""
    return Lexicon(parse_file(_FILE, (files(__package__) / _FILE).read_text(encoding="utf-8"), WordFile))
