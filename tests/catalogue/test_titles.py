from __future__ import annotations

import pytest

from sneakers_ml.catalogue.titles import brand_key, model_key


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
