"""Brands differ in mark and shape, and ask for nothing that cannot be drawn."""

from __future__ import annotations

import pytest

from demo.render.shoe.branding import MARKS
from demo.render.shoe.invented_brands import BRANDS
from demo.render.shoe.materials import FABRICS
from demo.render.shoe.panels import HEELS, QUARTERS, TOES
from demo.render.shoe.soles import SOLES


def test_ten_brands_with_a_mark_and_ten_or_more_models_each():
    assert len(BRANDS) == 10
    assert len({brand.slug for brand in BRANDS}) == 10
    assert {brand.mark for brand in BRANDS} == set(MARKS.names())
    for brand in BRANDS:
        assert len(set(brand.families)) >= 10


@pytest.mark.parametrize("brand", BRANDS, ids=lambda brand: brand.name)
def test_every_choice_is_one_that_can_be_drawn(brand):
    assert set(brand.soles) <= set(SOLES.names())
    assert set(brand.toes) <= set(TOES)
    assert set(brand.heels) <= set(HEELS)
    assert set(brand.quarters) <= set(QUARTERS)
    assert set(brand.fabrics) <= set(FABRICS)
