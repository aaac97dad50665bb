from __future__ import annotations

import pytest

from sneakers_ml.catalogue.cleaning.title import Title
from sneakers_ml.catalogue.cleaning.trailing_colour import take_off_trailing_colour

TITLES = [
    ("hoka", "Bondi 8 Olive Haze", "Bondi 8", "Olive Haze"),
    ("salomon", "XT-QUEST 2 Falcon/Cement/Bright Green", "XT-QUEST 2", "Falcon/Cement/Bright Green"),
    ("salomon", "XT-Slate White", "XT-Slate", "White"),
    ("salomon", "Speedverse PRG Wht/Vanila/Phantm", "Speedverse PRG", "Wht/Vanila/Phantm"),
    ("new balance", "ML610XA Team Away Grey", "ML610XA", "Team Away Grey"),
    ("new balance", "57/40 Black", "57/40", "Black"),
    ("converse", "One Star Pro Berlin Black/Pink", "One Star Pro Berlin", "Black/Pink"),
    ("adidas", "Gazelle Core Black/Gum5", "Gazelle", "Core Black/Gum5"),
    ("nike", "Dunk Low x Off-White", "Dunk Low x Off-White", None),
    ("on", "Cloud White", "Cloud", "White"),
    ("adidas", "Copa Pure White", "Copa Pure", "White"),
    ("hollin", "Juniper White/Black", "Juniper", "White/Black"),
    ("fjarn", "Summit 8 Dark Pine/Cream", "Summit 8", "Dark Pine/Cream"),
    ("nike", "Air Max 1", "Air Max 1", None),
    ("nike", "Dunk White and Red", "Dunk", "White and Red"),
    ("nike", "Salt and Red", "Salt and", "Red"),
    ("nike", "Pants/Trousers/Joggers Deep Blue", "Pants/Trousers/Joggers", "Deep Blue"),
    ("nike", "Olive Green", "", "Olive Green"),
]
GLUED = [
    ("LUX WONDER BEIGEALUMINIUM", "lux-wonder-beige-aluminium", "LUX", "WONDER BEIGE/ALUMINIUM"),
    ("AIR JORDAN 13 RETRO WHITEWHEAT", "air-jordan-13-retro-white-wheat", "AIR JORDAN 13 RETRO", "WHITE/WHEAT"),
    ("STAR MAROONWONDER WHITEWHITE", "star-maroon-wonder-white-white", "STAR", "MAROON/WONDER WHITE/WHITE"),
    ("CAMPUS ZORGBLACK", "campus-zorg-black", "CAMPUS", "ZORG/BLACK"),  # the address knows the word
    ("PLATFORM KHAKIOFF WHITE", "platform-off-white", "PLATFORM", "KHAKI/OFF WHITE"),  # the words alone
    ("Shadow 5000 GrayGreen", None, "Shadow 5000", "Gray/Green"),
    ("Legacy 96 Rainy DayJava", None, "Legacy 96", "Rainy Day/Java"),
    ("FuelCell ProGrid", "fuel-cell-pro-grid", "FuelCell ProGrid", None),
]


@pytest.mark.parametrize(("brand", "raw", "model", "colour"), TITLES)
def test_the_words_of_colour_at_the_end(brand: str, raw: str, model: str, colour: str | None) -> None:
    title = Title(raw)
    assert take_off_trailing_colour(title, brand, None) == colour
    assert title.left() == model


@pytest.mark.parametrize(("raw", "slug", "model", "colour"), GLUED)
def test_a_lost_slash_is_found(raw: str, slug: str | None, model: str, colour: str | None) -> None:
    title = Title(raw)
    url = f"https://www.superkicks.in/products/{slug}" if slug else None
    assert take_off_trailing_colour(title, "any", url) == colour
    assert title.left() == model
