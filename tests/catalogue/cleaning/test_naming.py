from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sneakers_ml.catalogue.cleaning.clean import clean
from sneakers_ml.catalogue.cleaning.naming import brand_key, listing_name, model_key
from sneakers_ml.catalogue.listing import Listing

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def named(title, brand="Puma", colour=None, fetched_at=NOW):
    listing = Listing(
        shop="a", listing_id="1", brand_raw=brand, title_raw=title, colour_raw=colour, fetched_at=fetched_at
    )
    return listing_name(listing, clean(listing))


@pytest.mark.parametrize(
    ("title", "brand", "colour", "name"),
    [
        ("Speed Cat", "Puma", "Team Red/White", "Puma Speed Cat Team Red/White"),
        ("PUMA | SPEED CAT { RED/WHITE", "Puma", None, "Puma SPEED CAT RED/WHITE"),
        ("(GS) Puma Speed Cat 'Red/White'", "Puma", None, "Puma Speed Cat Red/White (kids)"),
        ("Glide 2", "arvo", "Navy", "arvo Glide 2 Navy"),
        ("Air Jordan 4 Retro 'Bred'", "Jordan", None, "Air Jordan 4 Retro Bred"),
        ("adidas x Wales Bonner Samba", "adidas Originals", "Core Black", "adidas x Wales Bonner Samba Core Black"),
        ("Speed  Cat", "Puma", None, "Speed Cat"),  # nothing to add but the brand, which answers show beside it
        ("Glide 2 'Navy'", None, None, "Glide 2 'Navy'"),
        (None, "Puma", None, "Puma"),
    ],
)
def test_a_crawled_listing_is_called_what_a_person_would(title, brand, colour, name):
    assert named(title, brand, colour) == name


def test_an_imported_one_keeps_its_title():
    assert named("(GS) Puma Speed Cat 'Red/White'", fetched_at=None) == "(GS) Puma Speed Cat 'Red/White'"


@pytest.mark.parametrize(
    "brand", ["Numero Uno", "numero-uno", "NUMERO_UNO", "  numero   uno ", "Numero - Uno", "numero\u00a0uno"]
)
def test_a_brand_is_spelt_alike_however_shops_spell_it(brand):
    assert brand_key(brand) == "numero uno"


def test_brands_that_differ_in_letters_stay_apart():
    assert len({brand_key(brand) for brand in ("Puma", "PUMA-", "Pumas", "New Balance", "NewBalance")}) == 4


@pytest.mark.parametrize("brand", ["", "  ", "-", "_ -"])
def test_a_brand_of_nothing_but_blanks_is_empty(brand):
    assert brand_key(brand) == ""


@pytest.mark.parametrize(
    ("title", "brand", "model"),
    [
        ("Puma Men's Speed Cat Shoe", "puma", "speed cat"),
        ("Puma Speed Cat Black", "puma", "speed cat"),
        ("PUMA Speed-Cat (White/Red)", "puma", "speed cat"),
        ("Men’s Speed Cat Sneakers", "puma", "speed cat"),
        ("Womens New Balance 574 Grey", "new balance", "574"),
        ("New Balance 574", "new balance", "574"),
        ("ASICS GEL-1130 'White Pure Silver'", "asics", "gel 1130 pure"),
        ("Кроссовки Nike Air Max", "nike", "кроссовки air max"),
        ("Levi's Retro", "levis", "levi retro"),
    ],
)
def test_a_model_is_what_brand_gender_colour_and_generic_words_leave(title, brand, model):
    assert model_key(title, brand) == model


def test_a_title_of_generic_words_keeps_them_all_so_that_unlike_shoes_stay_apart():
    assert model_key("Vans Men Blue Casual Shoes", "vans") == "vans men blue casual shoes"
    assert model_key("Vans Women Blue Casual Shoes", "vans") != model_key("Vans Men Blue Casual Shoes", "vans")


def test_a_title_without_a_word_has_no_model():
    assert model_key(" — !!! ", "nike") == ""
