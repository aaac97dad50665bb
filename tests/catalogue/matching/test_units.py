from __future__ import annotations

import pytest

from sneakers_ml.catalogue.matching.units import model_name


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
