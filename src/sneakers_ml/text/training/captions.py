"""What can be said of a photo: its product's title, or the brand with some of the colours and kinds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sneakers_ml.text.lexicon import Lexicon, Meaning, Term, tokens_of

__all__ = ["Caption", "Captions", "documents"]

_TITLE = 0.5  # of captions; the others name attributes
_SHORTENED, _DROPPED = 0.3, 0.3  # of titles; of a shortened title's words
_SLIP = 0.2  # of titles, a typo in a word
_BRAND, _COLOURS, _KIND = 0.7, 0.8, 0.6  # of captions of attributes, where the product has such


class Caption(NamedTuple):
    """A text as `Lexicon.tokens`, and what a product must have so that the text is true of it."""

    tokens: tuple[str, ...]
    required: frozenset[str]


def documents(products: pd.DataFrame, listings: pd.DataFrame) -> list[str]:
    """All that the catalogue says of each product in words: brand, title, model, colour, wearer, code, shops' titles.

    Args:
        products: with the columns of products.parquet.
        listings: with product_id and name.
    """
    names = listings.groupby("product_id")["name"].agg(lambda each: " ".join(dict.fromkeys(each)))
    columns = [
        products[name].fillna("") for name in ("brand", "title", "model", "colour", "gender", "age", "style_code")
    ]
    joined = zip(*columns, products["product_id"].map(names).fillna(""), strict=True)
    return [" ".join(filter(None, parts)) for parts in joined]


class Captions:
    """Captions of products, by place.

    Args:
        products: with brand and title.
        texts: what the catalogue says of each (`documents`).
        lexicon: reads them.
    """

    def __init__(self, products: pd.DataFrame, texts: Iterable[str], lexicon: Lexicon) -> None:
        self._brands = [tuple(lexicon.tokens(brand)) for brand in products["brand"]]
        pairs = zip(products["brand"], products["title"], strict=True)
        self._readings = [lexicon.read(f"{brand} {title}") for brand, title in pairs]
        self._titles = [tuple(tokens_of(reading)) for reading in self._readings]
        texts = list(texts)
        self._facts = [frozenset(lexicon.tokens(text)) for text in texts]
        self.colours, self.kinds = (
            [sorted(lexicon.named(text, section)) for text in texts] for section in ("colours", "kinds")
        )
        self._words = {term: lexicon.term_tokens(term) for term in (*lexicon.terms("colours"), *lexicon.terms("kinds"))}

    def facts(self, product: int, seen: Sequence[Term]) -> frozenset[str]:
        """Every token that is true of a product and the colours measured in its photo, for a title that names none."""
        facts = self._facts[product]
        return facts if self.colours[product] else facts.union(term.token for term in seen)

    def title(self, product: int) -> tuple[str, ...]:
        """The tokens of its brand and title."""
        return self._titles[product]

    def reading(self, product: int) -> list[Meaning]:
        """What its brand and title say."""
        return self._readings[product]

    def draw(self, product: int, seen: Sequence[Term], rng: np.random.Generator) -> Caption:
        """A caption of a product; `seen` are the colours measured in its photo, for a title that names none."""
        if rng.random() < _TITLE:
            return self._of_title(list(self._titles[product]), rng)
        tokens: list[str] = []
        required: list[str] = []
        if rng.random() < _BRAND:
            tokens += self._brands[product]
            required += self._brands[product]
        terms: list[Term] = []
        if (colours := self.colours[product] or seen) and rng.random() < _COLOURS:
            some = rng.permutation(len(colours))[: rng.integers(1, len(colours) + 1)]
            terms += [colours[place] for place in some]
        if (kinds := self.kinds[product]) and rng.random() < _KIND:
            terms.append(kinds[rng.integers(len(kinds))])
        for term in terms:
            tokens += self._words[term]
            required.append(term.token)
        if not tokens:
            tokens = required = list(self._brands[product])
        return Caption(tuple(tokens), frozenset(required))

    def _of_title(self, tokens: list[str], rng: np.random.Generator) -> Caption:
        if rng.random() < _SHORTENED:
            tokens = [token for token in tokens if rng.random() >= _DROPPED] or tokens
        required = frozenset(tokens)
        if tokens and rng.random() < _SLIP:  # none are left of a title of words to ignore
            place = int(rng.integers(len(tokens)))
            tokens[place] = _slip(tokens[place], rng)
        return Caption(tuple(tokens), required)


def _slip(word: str, rng: np.random.Generator) -> str:
    """A word with two letters swapped or one missing; a term or a short word stays."""
    if len(word) < 4 or word.startswith("="):
        return word
    place = int(rng.integers(len(word) - 1))
    middle = word[place + 1] + word[place] if rng.random() < 0.5 else word[place]
    return word[:place] + middle + word[place + 2 :]
