"""The index of the catalogue's words."""

from __future__ import annotations

from collections.abc import Iterable

import bm25s
import numpy as np

from sneakers_ml.text.lexicon import Lexicon
from sneakers_ml.text.search import WordIndex, brand_token

__all__ = ["index_words"]

_LENGTH = 0.25  # how much a long text is held against a document; here shops' titles are joined, so less than 0.75


def index_words(documents: Iterable[tuple[str, str]], lexicon: Lexicon) -> WordIndex:
    """BM25 (Robertson and Zaragoza, "The probabilistic relevance framework", 2009) of texts, each with its brand."""
    tokens = [[*lexicon.tokens(text), *map(brand_token, lexicon.tokens(brand))] for brand, text in documents]
    index = bm25s.BM25(method="lucene", b=_LENGTH)
    index.index(tokens, create_empty_token=False, show_progress=False)
    vocabulary = sorted(index.vocab_dict, key=index.vocab_dict.__getitem__)
    starts, places, scores = (np.asarray(index.scores[name]) for name in ("indptr", "indices", "data"))
    return WordIndex(
        {word: column for column, word in enumerate(vocabulary)},
        starts.astype(np.int64),
        places.astype(np.int64),
        scores.astype(np.float32),
        len(tokens),
    )
