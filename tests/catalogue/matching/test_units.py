from __future__ import annotations

import pytest

from sneakers_ml.catalogue.cleaning.clean import clean
from sneakers_ml.catalogue.matching.units import Release, entry_of, is_counter, model_name
from tests.catalogue.cleaning.shop_rows import offer


@pytest.mark.parametrize(
    ("model", "title", "name"),
    [
        ("Speed Cat", "Puma Speed Cat Red", "speedcat"),
        ("SPEEDCAT", "", "speedcat"),
        ("Speed Cat Black", "", "speedcat"),
        ("Blue Casual", "Puma Men Blue Casual Shoes", "pumamenbluecasualshoes"),
        ("", "", ""),
        ("!!!", "!!!", ""),
    ],
)
def test_a_models_name_is_what_its_colourways_share(model, title, name):
    assert model_name("puma", model, title) == name


@pytest.mark.parametrize(
    ("brand", "title", "counter"),
    [
        ("nike", "nike11", True),
        ("nike", "Nike 2", True),
        ("nike", "nike_03", True),
        ("nike", "12", True),
        ("vans", "Vans", True),
        ("new balance", "NB 3", True),
        ("new balance", "newbalance", True),
        ("new balance", "New Balance 574", False),
        ("adidas", "yeezy5", True),
        ("adidas", "Y-3", True),
        ("adidas", "X 17.1", False),
        ("jordan", "jordan4", True),
        ("jordan", "Air Jordan 4", False),
        ("nike", "airforce1", False),
        ("somebrand", "somebrand 7", True),
        ("unknown", "dunk", False),
    ],
)
def test_a_brand_with_a_small_number_counts_photos(brand, title, counter):
    assert is_counter(brand, title) is counter


def release(title: str) -> Release:
    listing = offer(title, "Nike")
    return entry_of("feed", listing, clean(listing)).release


@pytest.mark.parametrize(
    ("one", "two", "other"),
    [
        ("(2016/2022)", "(2016)", False),
        ("(2016/2022)", "(2022)", False),
        ("(2016/22)", "(2022)", False),
        ("(2016/2022)", "(2022/2016)", False),
        ("(2016)", "", False),
        ("(2016)", "(2022)", True),
        ("(2016/2022)", "(2019)", True),
        ("(2016) (GS)", "(2016) (TD)", True),
        ("(GSV)", "GS", False),
    ],
)
def test_releases_that_share_a_year_may_be_one(one: str, two: str, other: bool) -> None:
    first, second = release(f"Nike Dunk Low 'Panda' {one}"), release(f"Nike Dunk Low 'Panda' {two}")
    assert first.other_than(second) is other
    assert second.other_than(first) is other
