"""Brands differ in mark and shape; a brand's models share its mark and vary in shape."""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
import pytest

from demo.render.brands import BRANDS
from demo.render.marks import MARKS, place_mark
from demo.render.materials import FABRICS
from demo.render.outline import build_frame
from demo.render.palette import COLOURS, distance, pick_colourways
from demo.render.panels import HEELS, QUARTERS, TOES
from demo.render.soles import SOLES
from demo.render.spec import sample_spec


def raster(polygons: list[np.ndarray], scale: float, origin: tuple[float, float]) -> np.ndarray:
    mask = np.zeros((160, 160), np.uint8)
    for polygon in polygons:
        cv2.fillPoly(mask, [np.round(polygon * (scale, -scale) + origin).astype(np.int32)], 1)
    return mask > 0


def test_ten_brands_with_a_mark_and_ten_or_more_models_each():
    assert len(BRANDS) == 10
    assert len({brand.slug for brand in BRANDS}) == 10
    assert {brand.mark for brand in BRANDS} == set(MARKS)
    for brand in BRANDS:
        assert len(set(brand.families)) >= 10


@pytest.mark.parametrize("brand", BRANDS, ids=lambda brand: brand.name)
def test_every_choice_is_one_that_can_be_drawn(brand):
    assert set(brand.soles) <= set(SOLES)
    assert set(brand.toes) <= set(TOES)
    assert set(brand.heels) <= set(HEELS)
    assert set(brand.quarters) <= set(QUARTERS)
    assert set(brand.fabrics) <= set(FABRICS)


def test_no_two_marks_look_alike():
    drawn = {name: raster(place_mark(name, (0.0, 0.0), 1.0, 0.0), 58, (80, 80)) for name in MARKS}
    for (a, first), (b, second) in combinations(drawn.items(), 2):
        assert (first & second).sum() / (first | second).sum() < 0.6, (a, b)


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_fills_its_square_and_can_be_mirrored(mark):
    drawn = raster(place_mark(mark, (0.0, 0.0), 1.0, 0.0), 58, (80, 80))
    assert 0.06 < drawn.mean() < 0.5
    plain, flipped = place_mark(mark, (0.4, 0.3), 0.1, 0.0), place_mark(mark, (0.4, 0.3), 0.1, 0.0, flip=True)
    for a, b in zip(plain, flipped, strict=True):
        np.testing.assert_allclose(a[:, 0] + b[:, 0], 0.8)
        np.testing.assert_allclose(a[:, 1], b[:, 1])


def test_models_stay_within_their_brands_ranges_and_differ():
    for brand in BRANDS:
        specs = [sample_spec(brand, index, seed=7) for index in range(10)]
        for spec in specs:
            assert brand.heel_height[0] <= spec.heel_height <= brand.heel_height[1]
            assert brand.toe_height[0] <= spec.toe_height <= brand.toe_height[1]
            assert brand.laces[0] <= spec.laces <= brand.laces[1]
        assert len({(spec.sole, spec.toe, spec.heel, spec.quarter, spec.fabric) for spec in specs}) >= 3
        assert len({spec.heel_height for spec in specs}) == 10


def test_high_tops_stand_above_low_tops():
    heights = {brand.name: build_frame(sample_spec(brand, 0, seed=7)).upper[:, 1].max() for brand in BRANDS}
    assert heights["Elmari"] > heights["Jundo"] > heights["Duskell"]


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
