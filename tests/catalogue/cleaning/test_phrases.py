from __future__ import annotations

import pytest

from sneakers_ml.catalogue.cleaning.phrases import PhraseMatcher, Word, key, keys, parts_of_address, phrase, words_of


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
    matcher = PhraseMatcher([("new balance", 1), ("new balance numeric", 2), ("new", 3)])
    words = words_of("New-Balance numeric 272")
    assert matcher.at(words) == (3, 2)
    assert matcher.at(words[:2]) == (2, 1)
    assert matcher.at(words[:1]) == (1, 3)
    assert matcher.at(words, 1) is None
    assert matcher.at(words, 4) is None


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://shop.example/en/mens-shoes/1-adidas.html?a=b#c", ("en/mens-shoes", "1-adidas.html")),
        ("https://shop.example/products/Kn%C3%BCtt/", ("products", "kn\u00fctt")),
        ("/products/one", ("products", "one")),
        ("https://shop.example", ("", "")),
        (None, ("", "")),
    ],
)
def test_addresses(url: str | None, parts: tuple[str, str]) -> None:
    assert parts_of_address(url) == parts
