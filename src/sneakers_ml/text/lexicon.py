"""words.yaml, the words of searches and descriptions, and texts read by it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple, TypeVar

import snowballstemmer

from sneakers_ml.errors import DataError
from sneakers_ml.word_lists import WordList, parse_file

__all__ = [
    "Lexicon",
    "Meaning",
    "Term",
    "TermWords",
    "Word",
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

Entry = TypeVar("Entry")

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


class Word(NamedTuple):
    """A word as it was typed, and its stem."""

    typed: str
    stem: str


def _words(text: str) -> list[Word]:
    return [Word(typed, stem(typed)) for typed in _WORD.findall(unicodedata.normalize("NFC", text))]


def _stems(words: Iterable[Word]) -> Words:
    return tuple(word.stem for word in words)


class Lexicon:
    """Reads a text as the words and terms that a search goes by.

    Raises:
        DataError: when the file says of one phrase that it means two things.
    """

    def __init__(self, file: WordFile) -> None:
        self.file = file
        self._names: dict[Words, list[Word]] = {}
        """Russian spelling of a name -> the English one."""
        self._phrases: dict[Words, list[Meaning]] = {}
        """What stands for a phrase; `said` only of those in Russian."""
        sections = {name: getattr(file, name) for name in _SECTIONS}
        for section, terms in sections.items():
            for name, entry in terms.items():
                term, english = Term(section, name), _words(name)
                for text in (name, *entry.en):
                    self._add(self._phrases, text, [Meaning(_stems(_words(text)), term)])
                for text in entry.ru:
                    self._add(self._phrases, text, [Meaning(_stems(english), term, name)])
                for text in entry.models:  # each word says something by itself
                    words = [Meaning((word.stem,), None) for word in _words(text)]
                    self._add(self._phrases, text, [*words, Meaning((), term)])
        for text in file.ignored:
            self._add(self._phrases, text, [])
        for name, spellings in file.names.items():
            for text in spellings:
                self._add(self._names, text, _words(name))

    def _add(self, table: dict[Words, Entry], text: str, entry: Entry) -> None:
        """Let a phrase stand for something; spellings of one stem may stand side by side."""
        key = _stems(_words(text))
        if not key:
            raise DataError(f"{_FILE}: {text!r} has no letters; take it out")
        others = (self._names.get(key), self._phrases.get(key))
        if any(other not in (None, entry) for other in others):
            terms = [".".join(one.term) for one in self._phrases.get(key, []) if one.term]
            place = "".join(terms) or "a name or a word to ignore"
            raise DataError(f"{_FILE}: {text!r} stands under {place} already; let it stand once")
        table[key] = entry

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every stem and term that means something."""
        stems = {word for table in (self._names, self._phrases) for phrase in table for word in phrase}
        meanings = (one for each in self._phrases.values() for one in each)
        return frozenset(stems | {one.term.token for one in meanings if one.term})

    def of_term(self, term: Term) -> Meaning:
        """What a text means that names just this term."""
        return self.read(term.name)[0]

    def term_tokens(self, term: Term) -> list[str]:
        """The tokens of a text that names just this term."""
        return tokens_of([self.of_term(term)])

    def terms(self, section: str) -> list[Term]:
        """The terms of a section, in the file's order."""
        return [Term(section, name) for name in getattr(self.file, section)]

    def read(self, text: str, mend: Callable[[Word], Word] | None = None) -> list[Meaning]:
        """What a text says, phrase by phrase, the longest first; words to ignore say nothing.

        Args:
            text: in English or Russian.
            mend: called on each word first, to set typos right.
        """
        words = list(map(mend, _words(text))) if mend else _words(text)
        english: list[Word] = []
        for found, part in _matches(self._names, words):
            english += part if found is None else found
        meanings: list[Meaning] = []
        for known, part in _matches(self._phrases, english):
            if known is None:
                meanings.append(Meaning((part[0].stem,), None, part[0].typed))
            elif len(known) == 1:
                said = known[0].said or " ".join(word.typed for word in part)
                meanings.append(Meaning(known[0].words, known[0].term, said))
            else:
                typed = [*(word.typed for word in part), ""]  # the term is not said: it follows from the model
                meanings += [Meaning(one.words, one.term, said) for one, said in zip(known, typed, strict=False)]
        return meanings

    def tokens(self, text: str) -> list[str]:
        """The stems and terms of a text, each once, in its order."""
        return tokens_of(self.read(text))

    def named(self, text: str, section: str) -> frozenset[Term]:
        """The terms of a section that a text names."""
        return frozenset(one.term for one in self.read(text) if one.term and one.term.section == section)


def _matches(table: Mapping[Words, Entry], words: Sequence[Word]) -> Iterator[tuple[Entry | None, Sequence[Word]]]:
    """The words in parts: the longest phrase of the table that begins at a place, else a single word."""
    longest, place = max(map(len, table), default=1), 0
    stems = _stems(words)
    while place < len(words):
        lengths = range(min(longest, len(words) - place), 0, -1)
        length = next((size for size in lengths if stems[place : place + size] in table), 0)
        part = words[place : place + (length or 1)]
        yield (table[_stems(part)] if length else None), part
        place += len(part)


@cache
def lexicon() -> Lexicon:
    """That of the words.yaml beside this module."""
    return Lexicon(parse_file(_FILE, (files(__package__) / _FILE).read_text(encoding="utf-8"), WordFile))
