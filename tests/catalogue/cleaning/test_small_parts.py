"""The parts that take a line or two each: addresses, descriptions, generic words, product types."""

from __future__ import annotations

import pytest

from sneakers_ml.catalogue.cleaning.address import parts_of_address
from sneakers_ml.catalogue.cleaning.description import described_colour, quoted_colour
from sneakers_ml.catalogue.cleaning.generic import take_off_generic_words
from sneakers_ml.catalogue.cleaning.not_shoes import why_no_shoe
from sneakers_ml.catalogue.cleaning.sheet import Sheet
from sneakers_ml.catalogue.cleaning.words import words_of


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


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ('- Karhu Aria 95 "Abbey Stone/Silver"- Stijlcode: F803095', "Abbey Stone/Silver"),
        ("- Karhu Aria 95 ''Abbey Stone''- Colour: Green", "Abbey Stone"),
        ('- Something Else "Green"', None),
        ('The Aria is back. It is what they call "timeless".', None),
        ("- Karhu Aria 95", None),
    ],
)
def test_quoted_colours_of_descriptions(text: str, colour: str | None) -> None:
    assert quoted_colour(text, "Aria 95 Abbey Stone") == colour


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("- Aria- Colour: White / Blue- Stijlcode: F803095", "White/Blue"),
        ("Colour: Black/camo-Stijlcode: VN0005VSBLK1M", "Black/camo"),
        ("- Stijlcode: F803095- Colors: Green/Orange- Mesh", "Green/Orange"),
        ("A shoe of many colours", None),
    ],
)
def test_lines_of_colour(text: str, colour: str | None) -> None:
    assert described_colour(text) == colour


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("Forum Low Shoes", "Forum Low"),
        ("Metarise Volleyball Shoes", "Metarise"),
        ("Stan Smith Pk Sneakers/Shoes", "Stan Smith Pk"),
        ("Hierro v7 Gore-Tex Running Shoes", "Hierro v7 Gore-Tex"),
        ("Air Trainer 1", "Air Trainer 1"),
        ("Basketball Knit", "Basketball Knit"),
        ("Shoeless Joe", "Shoeless Joe"),
    ],
)
def test_generic_words(title: str, left: str) -> None:
    sheet = Sheet(title)
    take_off_generic_words(sheet)
    assert sheet.left() == left


@pytest.mark.parametrize(
    ("title", "kind", "reason"),
    [
        ("Yeezy Slide", None, 'Not a sneaker: slides or sandals (the title says "slide").'),
        ("Logo Hoodies", None, 'Not a sneaker: a jacket or coat (the title says "hoodie").'),
        ("Club Hoodie Shoes", None, 'Not a sneaker: a jacket or coat (the title says "hoodie").'),
        ("Grey & Blue Tee Casual Shoes", None, None),
        ("Capri Sandalwood Backpacker", None, None),
        ("Dress Shoes", None, None),
        ("Club", "Apparel", 'Not a sneaker: clothing (the shop files it under "Apparel").'),
        ("Club", "Accessories > Bags", 'Not a sneaker: an accessory (the shop files it under "Accessories > Bags").'),
        ("Club", "Slip-on Shoes & Accessories", None),
        ("Club", "Sneakers", None),
        ("Club", 7, None),
    ],
)
def test_what_is_no_shoe(title: str, kind: object, reason: str | None) -> None:
    assert why_no_shoe(words_of(title), kind) == reason
