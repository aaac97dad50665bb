from __future__ import annotations

import pytest

from sneakers_ml.catalogue.matching.units import is_counter, model_name


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
