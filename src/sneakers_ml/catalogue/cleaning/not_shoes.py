"""Listings that are no sneakers, and why."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from sneakers_ml.catalogue.cleaning.lexicon import lexicon
from sneakers_ml.catalogue.cleaning.words import PhraseBook, Word, words_of

__all__ = ["why_no_shoe"]

_SHOE_NOUNS = {"shoe", "shoes", "sneaker", "sneakers"}


class _Sign(NamedTuple):
    """What a word says a thing is."""

    kind: str
    word: str
    unsure: bool


@cache
def _signs() -> PhraseBook[_Sign | None]:
    """Spelling -> what it says; None for a guard, in which the word means something else."""
    file = lexicon().not_shoes
    entries = [
        (word + end, _Sign(kind, word, word in file.unsure))
        for group in (file.footwear, file.words)
        for kind, words in group.items()
        for word in words
        for end in ("", "s")
    ]
    return PhraseBook([*((guard, None) for guard in file.guards), *entries])


@cache
def _types() -> tuple[PhraseBook[str], PhraseBook[str]]:
    file = lexicon().not_shoes
    shoes = PhraseBook((word, word) for word in file.shoe_types)
    return shoes, PhraseBook((word, kind) for kind, words in file.types.items() for word in words)


def why_no_shoe(words: Sequence[Word], product_type: object) -> str | None:
    """A sentence for what is set aside; None for a shoe.

    Args:
        words: those of the title without its colour, which may be called anything.
        product_type: the shop's own type, where it has one.
    """
    book, index = _signs(), 0
    shoe = any(word.key in _SHOE_NOUNS for word in words)
    while index < len(words):
        end, sign = book.at(words, index) or (index + 1, None)
        if sign and not (shoe and sign.unsure):
            return f'Not a sneaker: {sign.kind} (the title says "{sign.word}").'
        index = end
    return None if shoe else _by_type(product_type)


def _by_type(product_type: object) -> str | None:
    if not isinstance(product_type, str) or not product_type:
        return None
    shoes, others = _types()
    words = words_of(product_type)
    if any(shoes.at(words, index) for index in range(len(words))):
        return None
    for index in range(len(words)):
        found = others.at(words, index)
        if found:
            return f'Not a sneaker: {found[1]} (the shop files it under "{product_type.strip()}").'
    return None
