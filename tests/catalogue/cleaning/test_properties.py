"""What holds for any title, sensible or not."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sneakers_ml.catalogue.cleaning.clean import clean
from sneakers_ml.catalogue.cleaning.cleaned import Cleaned
from sneakers_ml.catalogue.cleaning.title import tidy
from tests.catalogue.cleaning.shop_rows import offer

PIECES = [
    "Nike", "adidas", "Originals", "Air Jordan", "Jordan", "New Balance", "On", "x", "X", "Wales Bonner", "Somebody",
    "(WMNS)", "(GS)", "W", "M", "Kids", "Men's", "Samba", "Dunk Low", "Air Max 1", "550", "'07", "One Star Pro",
    "Club C", "Fresh Foam X", "'Panda'", '"Core Black/Gum"', "'White", "2025", "White", "Olive Haze", "WHITEBLACK",
    "Off-White", "/", "-", "\u2013", "|", "{", "}", "(", ")", "Shoes", "Running Shoes", "Slides", "DD1391-100",
    "SALE!", "[SOLD OUT]", "NEW", "(2021)", "- Sold out", "-20%", "<b>", "Come Tees", "Girls", "90", "**",
    "M2002RDQ", "Kn\u00fctt", "\u00d8resund", "\u00c3\u00a9", "...",
]  # fmt: skip
PARTS = [
    ["", "SALE!", "[NEW]", "Pre-Order", "Somebody New x"],
    ["", "(WMNS)", "(GS)", "W", "Men's"],
    ["Nike", "adidas", "Jordan", "New Balance", "On", "Arvo", "HOKA"],
    ["", "Originals", "\u2013", "|", "W", "x Wales Bonner", "x Patta"],
    [
        "Samba",
        "Dunk Low",
        "Air Max 1",
        "550",
        "Air Force 1 '07",
        "One Star Pro",
        "Club C",
        "Fresh Foam X 1080v13",
        "Slate 2",
    ],
    ["", "W", "M", "Kids", "GS", "DD1391-100"],
    ["", "Shoes", "Running Shoes", "Sneakers"],
    ["", "'Panda'", '"Core Black/Gum"', "'White", "White", "Olive Haze", "WHITEBLACK", "{ OFF WHITE/BLACK"],
    ["", "2025", "2020/2025", "(2021)", "(2019/2021)", "- Sold out"],
]
"""The parts of a title in the order in which shops put them."""
titles = st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join)
anything = st.one_of(st.text(max_size=60), titles, st.tuples(titles, st.text(max_size=12)).map("".join))
brands = st.sampled_from(
    [None, "Nike", "adidas Originals", "Jordan", "On", "Arvo", "New Balance", "Salomon x And Wander"]
)


def letters(text: str) -> Counter[str]:
    return Counter(char for char in text if char.isalnum())


def kept_and_removed(got: Cleaned) -> Counter[str]:
    return letters(got.model) + sum((letters(removed.text) for removed in got.removed), Counter())


@given(anything, st.one_of(brands, st.text(max_size=20)))
@settings(max_examples=300, deadline=None)
def test_no_letter_of_a_title_is_lost_or_made_up(title: str, brand: str | None) -> None:
    assert kept_and_removed(clean(offer(title, brand))) == letters(tidy(title))


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "description": st.text(max_size=80),
            "colour_raw": st.text(max_size=20),
            "model_raw": st.text(max_size=30),
            "style_code": st.text(max_size=16),
            "gender": st.text(max_size=8),
            "currency": st.text(max_size=4),
            "url": st.text(max_size=60),
            "collections": st.lists(st.text(max_size=12), max_size=3).map(tuple),
            "extra": st.fixed_dictionaries(
                {}, optional={"product_type": st.text(max_size=9), "price": st.text(max_size=9)}
            ),
        },
    ),
    anything,
)
@settings(max_examples=200, deadline=None)
def test_no_listing_is_refused(fields: dict[str, object], title: str) -> None:
    got = clean(offer(title, "Nike", **fields))
    assert got == clean(offer(title, "Nike", **fields))
    assert got.gender in {None, "men", "women", "unisex"}
    assert got.age in {None, "kids"}
    assert got.colour != ""
    assert got.model == got.model.strip()


@given(st.tuples(*map(st.sampled_from, PARTS)))
@settings(max_examples=400, deadline=None)
def test_a_clean_model_stays_as_it_is(parts: tuple[str, ...]) -> None:
    once = clean(offer(" ".join(parts), parts[1]))
    again = clean(offer(once.model, once.brand_name, colour_raw=once.colour))
    assert again.model == once.model


@pytest.mark.parametrize(
    "title",
    [
        "Nike Dunk (style" + "-" * 1200,
        "Nike Dunk (style" + " " * 4000,
        "Nike Dunk (style" + "- " * 2000,
        *("W " * 1000, "M " * 1000, "Nike " + "J " * 2000),
        *("boys " * 8000, "men/" * 10_000, "Nike " + "GS/" * 3000, "Nike " + "(GS)" * 2000),
        *("Nike " + "(" * 4000, "Nike " + "{" * 4000, "Nike " + "' '" * 2000, "Nike " + "x " * 3000),
        *("Nike " + "SALE! " * 2000, "Nike " + "White/" * 2000, "Nike " + "vapor " * 2000, "Nike " + "<b " * 2000),
    ],
)
def test_no_title_takes_long(title: str) -> None:
    clean(offer("Nike Dunk Low"))  # reads the word lists
    started = time.process_time()
    clean(offer(title, "Nike"))
    assert time.process_time() - started < 1


def test_of_a_very_long_title_the_beginning_counts() -> None:
    got = clean(offer("Nike Dunk Low 'Panda' (GS) " + "and so on " * 4000))
    assert (got.brand, got.colour, got.age) == ("nike", "Panda", "kids")
    assert got.model.startswith("Dunk Low")
    assert len(got.model) < 500
