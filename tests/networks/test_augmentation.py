from __future__ import annotations

import cv2
import numpy as np
import pytest

from sneakers_ml.networks.augmentation import Augmentation, black_body
from sneakers_ml.networks.photos import Shoe, cut_shoe
from sneakers_ml.workspace.params import AugmentationParams
from tests.networks.builders import UNCHANGED
from tests.support.corpus import draw_shoe

SIDE = 40
GROUNDS = [np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8) for shape in ((60, 90, 3), (5, 40, 3))]
EVERYTHING = dict.fromkeys(UNCHANGED, 1)


def augmentation(**params):
    return Augmentation(AugmentationParams(**params), SIDE, GROUNDS)


def seen(shoe, seed, *, true_colours=True, **params):
    return augmentation(**params)(shoe, np.random.default_rng(seed), true_colours=true_colours)


def red(colour=(200, 40, 40)):
    """A red shoe before white."""
    photo = np.full((90, 120, 3), 250, np.uint8)
    photo[25:65, 20:100] = colour
    return cut_shoe(photo, None)


def hues(photo):
    """Of each pixel in degrees, -180 to 180, red being 0."""
    hue = cv2.cvtColor(photo, cv2.COLOR_RGB2HSV_FULL)[..., 0].astype(float) * 360 / 256
    return (hue + 180) % 360 - 180


@pytest.mark.parametrize("params", [{}, UNCHANGED, EVERYTHING])
@pytest.mark.parametrize("true_colours", [True, False])
def test_any_shoe_becomes_a_square_of_bytes(params, true_colours):
    noise = np.random.default_rng(1).integers(0, 256, (30, 7, 3), dtype=np.uint8)
    thin = Shoe(noise, np.array([1, 2, 6, 29], np.float32), None)
    for seed in range(40):
        for shoe in (cut_shoe(draw_shoe(), None), cut_shoe(draw_shoe(), 16), thin):
            photo = seen(shoe, seed, true_colours=true_colours, **params)
            assert (photo.shape, photo.dtype) == ((SIDE, SIDE, 3), np.uint8)


def test_without_photos_of_grounds_there_are_other_grounds():
    bare = Augmentation(AugmentationParams(ground=1), SIDE, [])
    assert bare(red(), np.random.default_rng(0), true_colours=True).shape == (SIDE, SIDE, 3)


def test_a_seed_gives_the_same_photo_and_another_seed_another():
    shoe = cut_shoe(draw_shoe(), None)
    before = shoe.photo.copy()
    np.testing.assert_array_equal(seen(shoe, 3, true_colours=False), seen(shoe, 3, true_colours=False))
    assert not np.array_equal(seen(shoe, 3), seen(shoe, 4))
    np.testing.assert_array_equal(shoe.photo, before)


def test_true_colours_keep_the_hue_and_others_do_not():
    """The hue of a red shoe: of true colours never over 15 degrees away, of the others by more in a fifth of draws."""
    middle = slice(SIDE // 2 - 3, SIDE // 2 + 3)

    def away(true_colours):
        photos = [seen(red(), seed, true_colours=true_colours, **UNCHANGED) for seed in range(200)]
        return np.array([np.median(np.abs(hues(photo[middle, middle]))) for photo in photos])

    assert away(True).max() < 15
    assert (away(False) > 15).mean() > 1 / 5


def test_another_ground_stands_outside_the_outline_alone():
    """The same seed places the shoe alike with and without another ground; light and colour come later, and differ."""
    kernel, replaced = np.ones((7, 7), np.uint8), []
    for seed in range(60):
        own, other = (seen(red(), seed, **(UNCHANGED | {"ground": ground})) for ground in (0, 1))
        shoe = (np.ptp(own.astype(int), axis=2) > 90).astype(np.uint8)
        inside, outside = cv2.erode(shoe, kernel) > 0, cv2.dilate(shoe, kernel) == 0
        assert (np.abs(hues(other)[inside]) < 20).all()
        if outside.any():
            assert np.ptp(own[outside].astype(int), axis=0).max() <= 3  # white, whatever the light
            replaced.append(np.ptp(other[outside].astype(int), axis=0).max() > 3)
    assert len(replaced) > 40
    assert np.mean(replaced) > 0.9


def test_a_shoe_of_unknown_outline_keeps_its_ground():
    shoe = Shoe(red().photo, red().box, None)
    np.testing.assert_array_equal(seen(shoe, 5, **UNCHANGED), seen(shoe, 5, **(UNCHANGED | {"ground": 1})))


def sharpness(photo):
    return cv2.Laplacian(photo.astype(np.float32), cv2.CV_32F).var()


@pytest.mark.parametrize("name", ["low_resolution", "blur"])
def test_fewer_pixels_and_blur_take_detail_away(name):
    noise = np.random.default_rng(2).integers(0, 256, (80, 80, 3), dtype=np.uint8)
    shoe = Shoe(noise, np.array([10, 10, 70, 70], np.float32), None)
    for seed in range(10):
        clear, worn = seen(shoe, seed, **UNCHANGED), seen(shoe, seed, **(UNCHANGED | {name: 1}))
        assert sharpness(worn) < 0.8 * sharpness(clear)


def test_something_in_front_hides_a_tenth_to_a_third_of_each_side():
    for seed in range(20):
        clear, hidden = seen(red(), seed, **UNCHANGED), seen(red(), seed, **(UNCHANGED | {"occlusion": 1}))
        rows, columns = np.nonzero((clear != hidden).any(axis=2))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 <= 0.35 * SIDE
        assert len(rows) > 0


def test_light_of_6500_kelvin_is_neutral():
    np.testing.assert_allclose(black_body(6500), 1, atol=1e-6)


@pytest.mark.parametrize(
    ("kelvin", "colour"),
    [(3000, (255, 180, 107)), (4000, (255, 209, 163)), (8000, (227, 233, 255)), (10000, (204, 219, 255))],
)
def test_other_light_is_that_of_charitys_table_of_black_bodies(kelvin, colour):
    """Which says (255, 249, 253) of 6500 K. Helland's fit of it is good to a tenth."""
    expected = np.array(colour) / (255, 249, 253)
    np.testing.assert_allclose(black_body(kelvin), expected / expected[1], rtol=0.1)
