from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from demo.render.scene.backgrounds import background
from demo.render.scene.phone import PLACES
from sneakers_ml import images
from sneakers_ml.features.crop import cut, fill_square, fit_square, shoe_region
from sneakers_ml.images.region import Region
from tests.support.scene import shoe_on

ROOT = Path(__file__).resolve().parents[2]


def rectangle(height, width, box, *, ink=20, paper=255):
    photo = np.full((height, width, 3), paper, np.uint8)
    photo[box.top : box.bottom, box.left : box.right] = ink
    return photo


@pytest.mark.parametrize(
    ("height", "width", "box"),
    [
        (128, 128, Region(30, 40, 90, 80)),  # as large as the sample
        (384, 512, Region(100, 120, 420, 300)),
        (512, 333, Region(60, 210, 290, 420)),  # sides that the sample's rounding does not divide
        (60, 90, Region(20, 15, 71, 44)),  # smaller than the sample
        (100, 900, Region(300, 20, 700, 70)),
    ],
)
@pytest.mark.parametrize("colours", [{}, {"ink": 230, "paper": 30}, {"paper": 200}])
def test_the_box_around_a_rectangle_is_found_to_the_pixel_within_the_margin(height, width, box, colours):
    found = shoe_region(rectangle(height, width, box, **colours))
    pixel = max(height, width) / 128  # of the sample, in pixels of the photo
    most = 0.02 * max(box.right - box.left, box.bottom - box.top) + 3 * pixel + 1
    assert 0 <= box.left - found.left <= most
    assert 0 <= box.top - found.top <= most
    assert 0 <= found.right - box.right <= most
    assert 0 <= found.bottom - box.bottom <= most


def test_the_margin_of_a_box_on_the_samples_grid_by_hand():
    """60 x 40 pixels at (30, 40): a margin of 0.02 * 60 + 1 = 2.2 on each side, rounded outwards."""
    assert shoe_region(rectangle(128, 128, Region(30, 40, 90, 80))) == Region(27, 37, 93, 83)


def test_a_box_at_the_edge_stays_inside_the_photo():
    """It covers less than 30 % of the frame, so that the rest still tells the background."""
    found = shoe_region(rectangle(128, 128, Region(0, 50, 60, 110)))
    assert found.left == 0
    assert shoe_region(rectangle(128, 128, Region(70, 70, 128, 128))) == Region(67, 67, 128, 128)


def test_each_channel_alone_can_tell_the_shoe():
    photo = np.full((128, 128, 3), 255, np.uint8)
    photo[40:80, 30:90, 2] = 200  # pale yellow on white
    assert shoe_region(photo) == Region(27, 37, 93, 83)


def busy(height, width):
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)


WHOLE = Region(0, 0, 120, 100)


@pytest.mark.parametrize(
    "photo",
    [
        busy(100, 120),
        np.full((100, 120, 3), 255, np.uint8),
        np.zeros((100, 120, 3), np.uint8),
        rectangle(100, 120, Region(50, 50, 60, 55)),  # 0.4 % of the photo: a logo or a speck
        rectangle(100, 120, Region(2, 2, 119, 99)),  # nearly all of it
        rectangle(100, 120, Region(30, 30, 80, 70), ink=240),  # too like the background
    ],
    ids=["busy border", "blank white", "blank black", "tiny box", "huge box", "pale"],
)
def test_what_cannot_be_trusted_gives_the_whole_photo(photo):
    assert shoe_region(photo) == WHOLE


@pytest.mark.parametrize("place", PLACES)
def test_a_shoe_on_a_busy_ground_is_found_with_little_around_it(place):
    photo, (left, top, right, bottom) = shoe_on(place)
    found = shoe_region(photo)
    assert left - 40 < found.left < left
    assert top - 40 < found.top < top
    assert right < found.right < right + 40
    assert bottom < found.bottom < bottom + 40


@pytest.mark.parametrize("place", PLACES)
def test_a_busy_photo_without_footwear_is_left_whole(place):
    photo = background(place, (480, 360), np.random.default_rng(5)).astype(np.uint8)
    assert shoe_region(photo) == Region(0, 0, 480, 360)


def test_a_shoe_that_is_hardly_there_is_left_in_its_photo():
    assert shoe_region(shoe_on("wood", size=(640, 480), width=80)[0]) == Region(0, 0, 640, 480)


def test_a_framed_photo_is_no_shoe_on_a_plain_ground():
    """Nearly all of it is unlike the frame, so the detector is asked."""
    photo, (left, top, right, bottom) = shoe_on("carpet")
    photo[:6], photo[-6:], photo[:, :6], photo[:, -6:] = 255, 255, 255, 255
    found = shoe_region(photo)
    assert left - 40 < found.left < left
    assert top - 40 < found.top < top
    assert right < found.right < right + 40
    assert bottom < found.bottom < bottom + 40


@pytest.mark.parametrize("photo", [np.full((1, 1, 3), 255, np.uint8), busy(16, 320), busy(320, 16), busy(16, 16)])
def test_odd_shapes_are_survived(photo):
    assert shoe_region(photo) == Region(0, 0, photo.shape[1], photo.shape[0])


@pytest.mark.real
@pytest.mark.skipif(not (ROOT.parent / "shared" / "photos").is_dir(), reason="no real photos lie beside the checkout")
def test_regions_of_real_photos_are_those_drawn_by_hand():
    overlaps = []
    with (ROOT / "benchmarks" / "data" / "shoe_boxes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            photo = images.read(ROOT.parent / "shared" / row["file"])
            found = shoe_region(photo)
            corners = np.array([found.left, found.top, found.right, found.bottom]) / (photo.shape[1::-1] * 2)
            drawn = np.array([float(row[side]) for side in ("left", "top", "right", "bottom")])
            shared = (np.minimum(corners[2:], drawn[2:]) - np.maximum(corners[:2], drawn[:2])).clip(0).prod()
            overlaps.append(shared / ((corners[2:] - corners[:2]).prod() + (drawn[2:] - drawn[:2]).prod() - shared))
    assert len(overlaps) >= 150
    assert np.median(overlaps) >= 0.7
    assert np.mean(np.array(overlaps) >= 0.5) >= 0.9


def test_cut_takes_the_regions_pixels():
    photo = rectangle(50, 60, Region(10, 20, 40, 45))
    shoe = cut(photo, Region(10, 20, 40, 45))
    assert shoe.shape == (25, 30, 3)
    assert (shoe == 20).all()


@pytest.mark.parametrize(
    ("height", "width", "inked"),
    [
        (100, 200, Region(0, 16, 64, 48)),  # twice as wide as high: half the square's rows, in the middle
        (200, 50, Region(24, 0, 40, 64)),
        (10, 10, Region(0, 0, 64, 64)),  # smaller photos are enlarged
        (1, 300, Region(0, 31, 64, 32)),  # at least one row is left
    ],
)
def test_fit_square_keeps_the_aspect_and_pads_with_white(height, width, inked):
    square = fit_square(np.full((height, width, 3), 7, np.uint8), 64)
    expected = rectangle(64, 64, inked, ink=7)
    np.testing.assert_array_equal(square, expected)


def test_a_shoe_stretched_to_a_square_reaches_its_edges():
    shoe = rectangle(40, 90, Region(0, 0, 45, 40))  # the left half dark
    square = fill_square(shoe, 60)
    assert square.shape == (60, 60, 3)
    assert (square[:, :29] == 20).all()
    assert (square[:, 31:] == 255).all()
