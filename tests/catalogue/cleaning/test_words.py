from __future__ import annotations

import pytest

from sneakers_ml.catalogue.cleaning.words import PhraseBook, Word, key, keys, phrase, words_of


@pytest.mark.parametrize(
    ("text", "plain"),
    [("HOKA", "hoka"), ("Andr\u00e9", "andre"), ("\u00d8", "o"), ("\u0416\u0443\u043a", "zhuk"), ("\u20e0", "\u20e0")],
)
def test_keys_are_plain(text: str, plain: str) -> None:
    assert key(text) == plain


def test_words_have_their_places() -> None:
    assert words_of("XT-6 '07") == [Word(0, 2, "xt"), Word(3, 4, "6"), Word(6, 8, "07")]


def test_signs_part_words() -> None:
    assert keys("P.A.M. x_y") == ("p", "a", "m", "x", "y")
    assert phrase("  Off-White ") == "off white"


def test_the_longest_phrase_counts() -> None:
    book = PhraseBook([("new balance", 1), ("new balance numeric", 2), ("new", 3)])
    words = words_of("New-Balance numeric 272")
    assert book.at(words) == (3, 2)
    assert book.at(words[:2]) == (2, 1)
    assert book.at(words[:1]) == (1, 3)
    assert book.at(words, 1) is None
    assert book.at(words, 4) is None
