"""Search by words: BM25 over the catalogue's words and terms, with typos mended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from sneakers_ml.files import replacing
from sneakers_ml.text.lexicon import Lexicon, Meaning, Word, stem
from sneakers_ml.vectors import open_arrays

__all__ = ["WORD_INDEX", "WordIndex", "WordSearch", "brand_token"]

WORD_INDEX = "words.npz"
_CODE = re.compile(r"\b([^\W_]*\d[^\W_]*)[ -](\d{3})\b")  # AR1009-100
_SHORTEST, _LONG = 4, 8  # letters of a word in which one slip, or two, are mended


def brand_token(stem: str) -> str:
    """What stands in a document for a stem of its brand's name, so that a brand weighs more than another word."""
    return f"@{stem}"


@dataclass(frozen=True)
class WordIndex:
    """BM25 scores by token, in compressed sparse columns.

    A document's score for a query is the sum over the query's tokens (Lù, "BM25S", arXiv 2407.03618): all is known when
    the index is built.

    vocabulary  token -> its column
    starts      (columns + 1,) where a column begins in the other two
    documents   (entries,) the documents that have the token
    scores      (entries,) float32
    size        number of documents
    """

    vocabulary: dict[str, int]
    starts: NDArray[np.int64]
    documents: NDArray[np.int64]
    scores: NDArray[np.float32]
    size: int

    def save(self, folder: Path) -> None:
        """Write `WORD_INDEX` into a folder."""
        with replacing(folder / WORD_INDEX) as file:
            np.savez(
                file,
                vocabulary=np.array(list(self.vocabulary), np.str_),
                starts=self.starts,
                documents=self.documents,
                scores=self.scores,
                size=np.array(self.size),
            )

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            BundleError: when it is missing or damaged.
        """
        with open_arrays(folder / WORD_INDEX, "sneakers text") as parts:
            vocabulary = {str(word): column for column, word in enumerate(parts["vocabulary"].tolist())}
            starts, documents = (parts[name].astype(np.int64, casting="same_kind") for name in ("starts", "documents"))
            scores, size = parts["scores"].astype(np.float32, casting="same_kind"), int(parts["size"])
            ends = starts.tolist()[:1], starts.tolist()[-1:]
            whole = starts.shape == (len(vocabulary) + 1,) and ends == ([0], [len(documents)])
            if not whole or (np.diff(starts) < 0).any() or documents.shape != scores.shape or (documents < 0).any():
                raise ValueError("columns and entries don't fit")
            return cls(vocabulary, starts, documents, scores, size)

    def column(self, token: str) -> slice:
        """Where a token's entries are; none where no document has it."""
        place = self.vocabulary.get(token)
        return slice(0, 0) if place is None else slice(int(self.starts[place]), int(self.starts[place + 1]))


class WordSearch:
    """Queries to an index, read by a lexicon."""

    def __init__(self, index: WordIndex, lexicon: Lexicon) -> None:
        self.index, self._lexicon = index, lexicon
        self._meant = lexicon.vocabulary
        self._rarest = float(index.scores.max(initial=0))
        self._spellings = sorted(word for word in {*index.vocabulary, *self._meant} if word.isalpha())

    def understand(self, text: str) -> list[Meaning]:
        """What a text says, with typos mended; words that neither catalogue nor lexicon know are left out.

        A word of four letters may have one slip (a letter wrong, missing, too many, or two swapped), one of eight two.
        Of the spellings equally near the most frequent is taken.
        """
        found = dict.fromkeys(self._lexicon.read(_CODE.sub(self._joined, text), self._mended))
        return [one for one in found if one.term or any(word in self.index.vocabulary for word in one.words)]

    def _joined(self, code: re.Match[str]) -> str:
        """A style code in one word, as the catalogue keeps it, where that is one."""
        joined = code[1] + code[2]
        return joined if stem(joined) in self.index.vocabulary else code[0]

    def _mended(self, word: Word) -> Word:
        known = word.stem in self.index.vocabulary or word.stem in self._meant
        if known or len(word.typed) < _SHORTEST or not word.typed.isalpha():
            return word
        slips = 2 if len(word.typed) >= _LONG else 1
        near = process.extract(word.stem, self._spellings, scorer=OSA.distance, score_cutoff=slips, limit=None)

        def rank(spelling: tuple[str, float, int]) -> tuple[float, int]:
            column = self.index.column(spelling[0])
            return spelling[1], column.start - column.stop

        return Word(*[min(near, key=rank)[0]] * 2) if near else word

    def scores(self, meanings: Sequence[Meaning]) -> NDArray[np.float32]:
        """(documents,) in [0, 1]: BM25 as a share of what a document that has every token best could reach.

        A term weighs as one word with what named it (`navy`, which is also blue); a word that no document has weighs as
        the rarest.
        """
        total, most = np.zeros(self.index.size, np.float32), 0.0
        for meaning in meanings:
            words, term = meaning.words, meaning.term
            tokens = [*words, *([term.token] if term else map(brand_token, words))]
            weight = 1 / len(tokens) if term else 1.0
            columns = [column for column in map(self.index.column, tokens) if column.stop > column.start]
            for column in columns:
                total[self.index.documents[column]] += weight * self.index.scores[column]
                most += weight * float(self.index.scores[column].max())
            if not columns:
                most += self._rarest
        return total / most if most else total
