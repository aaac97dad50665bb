from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from sneakers_ml.catalogue.duplicates import Fingerprint, duplicate_groups, fingerprint
from sneakers_ml.workspace.params import PhotosParams
from tests.support.corpus import draw_shoe

DEFAULTS = PhotosParams()


def groups(photos):
    return list(
        duplicate_groups([fingerprint(photo) for photo in photos], DEFAULTS.hash_distance, DEFAULTS.colour_distance)
    )


def recompressed(photo, quality):
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer).convert("RGB"))


def resized(photo, scale):
    height, width = photo.shape[:2]
    return np.asarray(Image.fromarray(photo).resize((round(width * scale), round(height * scale))))


def bordered(photo, pixels):
    return np.pad(photo, ((pixels, pixels), (pixels, pixels), (0, 0)), constant_values=255)


SHOE = draw_shoe(480, 320)


@pytest.mark.parametrize(
    "copy",
    [
        recompressed(SHOE, 75),
        recompressed(SHOE, 40),
        resized(SHOE, 0.9),
        resized(SHOE, 0.5),
        bordered(SHOE, 1),
        bordered(SHOE, 2),
        recompressed(resized(SHOE, 0.8), 80),
    ],
    ids=["quality 75", "quality 40", "90 %", "half", "border 1", "border 2", "80 % at quality 80"],
)
def test_the_same_picture_saved_otherwise_is_a_near_duplicate(copy):
    assert groups([SHOE, copy]) == [0, 0]


def test_colourways_drawn_alike_are_no_duplicates():
    shoes = [draw_shoe(480, 320, seed=seed) for seed in range(6)]
    assert groups(shoes) == list(range(6))


def test_other_views_are_no_duplicates():
    assert groups([SHOE, SHOE[:, ::-1].copy(), SHOE[::-1].copy()]) == [0, 1, 2]


def bits(ones):
    flags = np.zeros(256, np.uint8)
    flags[:ones] = 1
    return np.packbits(flags)


def colours(lightness):
    cells = np.zeros((16, 3), np.float32)
    cells[:, 0] = lightness
    return cells.ravel()


def test_both_limits_are_inclusive_and_both_must_hold():
    prints = [
        Fingerprint(bits(0), colours(50)),
        Fingerprint(bits(20), colours(58)),  # at both limits of the first
        Fingerprint(bits(101), colours(50)),
        Fingerprint(bits(122), colours(50)),  # 21 bits from the third
        Fingerprint(bits(0), colours(41.9)),  # hashes alike, 8.1 darker than the first
    ]
    assert list(duplicate_groups(prints, 20, 8.0)) == [0, 0, 1, 2, 3]


def test_the_colour_distance_is_the_lab_distance_of_the_cell_that_differs_most():
    """One cell of 16 differs by (3, 4, 0), that is by 5, another by 1; the white around a shoe does not dilute it."""
    changed = colours(50).reshape(16, 3)
    changed[3] += (3, 4, 0)
    changed[7] += (0, 0, 1)
    pair = [Fingerprint(bits(0), colours(50)), Fingerprint(bits(0), changed.ravel())]
    assert list(duplicate_groups(pair, 0, 5.01)) == [0, 0]
    assert list(duplicate_groups(pair, 0, 4.99)) == [0, 1]


def test_duplicates_of_duplicates_are_one_group():
    chain = [Fingerprint(bits(ones), colours(50)) for ones in (0, 15, 30, 200)]
    assert list(duplicate_groups(chain, 20, 8.0)) == [0, 0, 0, 1]


def test_a_flat_photo_has_a_fingerprint_too():
    flat = np.full((40, 40, 3), 255, np.uint8)
    found = fingerprint(flat)
    assert found.bits.shape == (32,)
    np.testing.assert_allclose(found.colours.reshape(16, 3), [[100, 0, 0]] * 16, atol=0.01)  # white in CIELAB


@pytest.mark.parametrize("limit", [0, 1, 3, 12, 40])
def test_of_many_hashes_just_those_within_the_limit_are_joined(limit):
    """Any 256 bits drawn differ in some 128 of another's; a copy of each differs in `limit` bits, or in one more."""
    random = np.random.default_rng(limit)
    flags = random.integers(0, 2, (100, 256), np.uint8)
    copies = flags.copy()
    for row in range(100):
        copies[row, random.choice(256, limit + row % 2, replace=False)] ^= 1
    prints = [Fingerprint(np.packbits(row), colours(50)) for row in (*flags, *copies)]
    found = duplicate_groups(prints, limit, 1.0)
    assert [found[row] == found[100 + row] for row in range(100)] == [row % 2 == 0 for row in range(100)]
    assert len(set(found)) == 150


@pytest.mark.parametrize("limit", [255, 256])
def test_at_the_highest_limits_all_are_joined(limit):
    flags = np.random.default_rng(0).integers(0, 2, (20, 256), np.uint8)
    assert set(duplicate_groups([Fingerprint(np.packbits(row), colours(50)) for row in flags], limit, 1.0)) == {0}
