"""Words that say what a thing is: a shoe, which is taken off its title, or something else, which is set aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from sneakers_ml.catalogue.cleaning.lexicon import lexicon
from sneakers_ml.catalogue.cleaning.phrases import PhraseMatcher, Word, words_of
from sneakers_ml.catalogue.cleaning.title import Title

__all__ = ["says_no_shoe", "take_off_generic_words", "why_no_shoe"]

_SPORT = (
    r"running|basketball|volleyball|tennis|badminton|football|soccer|golf|walking|hiking|skate(?:boarding)?|skateboard|training|"
    r"gym|workout|cross-?training|trail\s+running|track|casual|sports?|lifestyle|fashion|canvas|low[\s-]top|water"
)
_GENERIC = re.compile(
    rf"(?<![\w'-])(?:(?:{_SPORT})\s+)*(?:shoes?|sneakers?|trainers)(?:\s*/\s*(?:shoes?|sneakers?|trainers))*(?![\w-]|'\w)",
    re.IGNORECASE,
)
_SHOE_NOUNS = {"shoe", "shoes", "sneaker", "sneakers"}


class _Sign(NamedTuple):
    """What a word says a thing is."""

    kind: str
    word: str
    unsure: bool


@cache
def _signs() -> PhraseMatcher[_Sign | None]:
    """Spelling -> what it says; None for a guard, in which the word means something else."""
    file = lexicon().not_shoes
    entries = [
        (word + end, _Sign(kind, word, word in file.unsure))
        for group in (file.footwear, file.words)
        for kind, words in group.items()
        for word in words
        for end in ("", "s")
    ]
    return PhraseMatcher([*((guard, None) for guard in file.guards), *entries])


@cache
def _types() -> tuple[PhraseMatcher[str], PhraseMatcher[str]]:
    """Shops' own product types: those of shoes, and those of other things with the kind that they are."""
    file = lexicon().not_shoes
    shoes = PhraseMatcher((word, word) for word in file.shoe_types)
    return shoes, PhraseMatcher((word, kind) for kind, words in file.types.items() for word in words)


def take_off_generic_words(title: Title) -> None:
    """Cut "Shoes", "Sneakers", "Trainers" and the sport in front: "Running Shoes". "Air Trainer 1" stays."""
    if any(word.key.startswith(("shoe", "sneaker", "trainers")) for word in title.words):
        for match in list(_GENERIC.finditer(title.rest)):
            title.cut(match.start(), match.end(), "generic")


def says_no_shoe(words: Sequence[Word], index: int) -> bool:
    """Whether a word that names something other than a shoe begins at `index`."""
    found = _signs().at(words, index)
    return found is not None and found[1] is not None


def why_no_shoe(words: Sequence[Word], product_type: object) -> str | None:
    """A sentence for what is set aside; None for a shoe.

    Args:
        words: those of the title without its colour, which may be called anything.
        product_type: the shop's own type, where it has one.
    """
    signs, index = _signs(), 0
    shoe = any(word.key in _SHOE_NOUNS for word in words)
    while index < len(words):
        end, sign = signs.at(words, index) or (index + 1, None)
        if sign and not (shoe and sign.unsure):
            return f'Not a sneaker: {sign.kind} (the title says "{sign.word}").'
        index = end
    if shoe or not isinstance(product_type, str):
        return None
    shoes, others = _types()
    typed = words_of(product_type)
    if any(shoes.at(typed, index) for index in range(len(typed))):
        return None
    other = next(filter(None, (others.at(typed, index) for index in range(len(typed)))), None)
    return f'Not a sneaker: {other[1]} (the shop files it under "{product_type.strip()}").' if other else None
