from __future__ import annotations

import pytest

from sneakers_ml.catalogue.cleaning.clean import clean
from sneakers_ml.catalogue.cleaning.title import Title
from sneakers_ml.catalogue.cleaning.trailing_colour import take_off_trailing_colour
from tests.catalogue.cleaning.shop_rows import offer

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
RESALE = [
    ("Jordan", "Jordan 1 Retro High Dark Mocha", "Jordan 1 Retro High", "Dark Mocha"),
    ("Jordan", "Jordan 1 Retro High OG Chicago (2015)", "Jordan 1 Retro High OG", "Chicago"),
    ("Jordan", "Jordan 1 Retro High Obsidian UNC", "Jordan 1 Retro High", "Obsidian UNC"),
    ("Jordan", "Jordan 1 Retro High Shadow 2.0", "Jordan 1 Retro High", "Shadow 2.0"),
    ("Jordan", "Jordan 1 Retro High OG Patent Bred (GS)", "Jordan 1 Retro High OG", "Patent Bred"),
    ("Jordan", "Jordan 1 Retro High White University Blue Black", "Jordan 1 Retro High", "White University Blue Black"),
    ("Jordan", "Jordan 4 Retro Black Cat (2020)", "Jordan 4 Retro", "Black Cat"),
    ("Jordan", "Jordan 4 Retro White Oreo (2021) (GS)", "Jordan 4 Retro", "White Oreo"),
    ("Jordan", "Jordan 4 Retro Lightning (2021) (TD)", "Jordan 4 Retro", "Lightning"),
    ("Jordan", "Jordan 11 Retro Playoffs Bred (2019)", "Jordan 11 Retro", "Playoffs Bred"),
    ("Nike", "Nike Dunk Low Retro White Black Panda (2021)", "Dunk Low Retro", "White Black Panda"),
    ("Nike", "Nike Dunk Low White Black (2021) (W)", "Dunk Low", "White Black"),
    ("Nike", "Nike Dunk High Syracuse (2021) (W)", "Dunk High", "Syracuse"),
    ("Nike", "Nike Air Force 1 Low Flax (2019/2022)", "Air Force 1 Low", "Flax"),
    ("Nike", "Nike Air Force 1 Low '07 White Black (2022)", "Air Force 1 Low '07", "White Black"),
    ("Nike", "Nike Air Force 1 Low Shadow White Mint Foam (W)", "Air Force 1 Low Shadow", "White Mint Foam"),
    ("Nike", "Nike SB Dunk Low Pro St. Patrick's Day (2022)", "SB Dunk Low Pro", "St. Patrick's Day"),
    ("Nike", "Nike Air Max 97 Silver Bullet (2022)", "Air Max 97", "Silver Bullet"),
    ("adidas", "adidas Yeezy Boost 350 V2 Zebra", "Yeezy Boost 350 V2", "Zebra"),
    ("adidas", "adidas Yeezy Boost 350 V2 Black Red (2017/2020)", "Yeezy Boost 350 V2", "Black Red"),
    ("adidas", "adidas Yeezy Boost 350 V2 Static (Non-Reflective)", "Yeezy Boost 350 V2", "Static (Non-Reflective)"),
    ("adidas", "adidas Yeezy 700 V3 Copper Fade", "Yeezy 700 V3", "Copper Fade"),
    ("New Balance", "New Balance 550 Sea Salt Varsity Gold", "550", "Sea Salt Varsity Gold"),
    ("New Balance", "New Balance 550 UNC White University Blue", "550", "UNC White University Blue"),
]
"""Resale sites name the colourway behind the model, without quotes."""


@pytest.mark.parametrize(("brand", "raw", "model", "colour"), RESALE)
def test_the_name_of_a_colourway_behind_a_model(brand: str, raw: str, model: str, colour: str) -> None:
    got = clean(offer(raw, brand))
    assert (got.model, got.colour) == (model, colour)


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
