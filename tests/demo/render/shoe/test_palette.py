from __future__ import annotations

from itertools import combinations

import pytest

from demo.render.shoe.invented_brands import BRANDS
from demo.render.shoe.palette import COLOURS, distance, pick_colourways
from demo.render.shoe.shoe_spec import sample_spec


@pytest.mark.parametrize("seed", [0, 7])
def test_main_colours_of_a_model_are_far_apart(seed):
    for brand in BRANDS:
        for index in range(4):
            ways = pick_colourways(sample_spec(brand, index, seed), 6, seed)
            assert len({way.slug for way in ways}) == 6
            mains = [COLOURS[way.name.split("/")[0]] for way in ways]
            assert all(distance(a, b) >= 28 for a, b in combinations(mains, 2))


def test_distance_is_the_one_of_cie_1976():
    """White to black is the whole length of the L axis, 100; a colour to itself is nothing."""
    assert distance((255, 255, 255), (0, 0, 0)) == pytest.approx(100, abs=0.1)
    assert distance((12, 200, 90), (12, 200, 90)) == 0
