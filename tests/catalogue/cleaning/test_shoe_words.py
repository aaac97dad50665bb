from __future__ import annotations

import pytest

from sneakers_ml.catalogue.cleaning.phrases import words_of
from sneakers_ml.catalogue.cleaning.shoe_words import take_off_generic_words, why_no_shoe
from sneakers_ml.catalogue.cleaning.title import Title


@pytest.mark.parametrize(
    ("raw", "left"),
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
def test_generic_words(raw: str, left: str) -> None:
    title = Title(raw)
    take_off_generic_words(title)
    assert title.left() == left


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
