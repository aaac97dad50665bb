"""Text towers as they are served, texts to unit vectors of the photos' space, and what a photo head takes."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import BundleError
from sneakers_ml.features.extractor import ExtractorSpec
from sneakers_ml.inference.session import OnnxSession
from sneakers_ml.text.clip import ClipTower
from sneakers_ml.text.lexicon import Meaning, spoken, tokens_of
from sneakers_ml.text.spec import NGRAMS, OPEN_CLIP, TOKENIZER, TOWER, TextSpec
from sneakers_ml.vectors import softmax

__all__ = [
    "BUCKETS",
    "MOST_GRAMS",
    "NgramTower",
    "TextTower",
    "gram_ids",
    "open_tower",
    "photo_input",
    "photo_width",
]

BUCKETS = 8192
MOST_GRAMS = 24
_GRAMS = 3, 4  # letters


@lru_cache(maxsize=65536)
def word_grams(token: str) -> tuple[int, ...]:
    """Buckets, from 1, of a stem and its n-grams of letters; of a term (`=blue`), which has no letters, a single one.

    Hashed n-grams give a misspelt or unheard-of word a vector near those of like words (Bojanowski et al., "Enriching
    word vectors with subword information", TACL 2017).
    """
    marked = f"<{token}>"
    grams = [marked]
    if not token.startswith("="):
        grams += [marked[start : start + size] for size in _GRAMS for start in range(len(marked) - size + 1)]
    return tuple(1 + zlib.crc32(gram.encode()) % BUCKETS for gram in grams[:MOST_GRAMS])


def gram_ids(texts: Sequence[Sequence[str]]) -> NDArray[np.int64]:
    """(n, words, grams) buckets of texts, each a list of `Lexicon.tokens`; 0 where there is none."""
    rows = [list(map(word_grams, spoken(tokens))) for tokens in texts]
    words = max(1, *map(len, rows)) if rows else 1
    most = max((len(word) for row in rows for word in row), default=1)
    ids = np.zeros((len(rows), words, most), np.int64)
    for row, tokens in enumerate(rows):
        for place, grams in enumerate(tokens):
            ids[row, place, : len(grams)] = grams
    return ids


class TextTower(Protocol):
    """Texts to unit vectors; `vectors` may be called from several threads at once."""

    def vectors(self, texts: Sequence[Sequence[Meaning]]) -> NDArray[np.float32]:
        """(n, d) of texts as `Lexicon.read` gives them."""


class NgramTower:
    """The tower `ngrams`: a graph from `gram_ids` to unit vectors."""

    def __init__(self, session: OnnxSession) -> None:
        self._session = session

    def vectors(self, texts: Sequence[Sequence[Meaning]]) -> NDArray[np.float32]:
        """(n, d) of texts as `Lexicon.read` gives them: their stems and terms, in any order."""
        tokens = list(map(tokens_of, texts))
        return self._session.run(gram_ids(tokens or [[]]))[: len(texts)]  # the graph takes one text or more


def open_tower(spec: TextSpec, folder: Path, *, threads: int = 0) -> TextTower:
    """The text tower of models/text/ or of a bundle.

    Raises:
        BundleError: when a file is damaged, or this version knows no such tower.
        ModuleNotFoundError: when the tower needs the extra `clip`.
    """
    if spec.tower == NGRAMS:
        return NgramTower(OnnxSession(folder / TOWER, threads=1))  # the graph is small
    if spec.tower == OPEN_CLIP:
        return ClipTower.open(folder / TOWER, folder / TOKENIZER, threads=threads)
    raise BundleError(f"{folder}: there is no text tower {spec.tower!r}; run `sneakers text` and `sneakers bundle`")


def photo_input(parts: Sequence[tuple[ExtractorSpec, NDArray[np.float32]]]) -> NDArray[np.float32]:
    """(n, width) what the photo head takes: for each extractor the unit vectors that are searched, then square roots of
    the brands' probabilities where it names brands.

    Args:
        parts: extractors with their vectors (n, dim).
    """
    columns = []
    for spec, vectors in parts:
        columns.append(spec.search_rows(vectors))
        if spec.brands:
            columns.append(np.sqrt(softmax(vectors[:, spec.dim - len(spec.brands) :])).astype(np.float32))
    return np.concatenate(columns, axis=1)


def photo_width(spec: ExtractorSpec) -> int:
    """How many of the numbers of `photo_input` are an extractor's."""
    return (spec.searched or spec.dim) + len(spec.brands)
