from __future__ import annotations

import cv2
import numpy as np
import pytest

from sneakers_ml.features import subject
from sneakers_ml.features.crop import shoe_region
from sneakers_ml.images.region import Region


def subject_region(photo):
    """The region found on a sample of 128 px, as `shoe_region` takes it."""
    height, width = photo.shape[:2]
    scale = 128 / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return subject.subject_region(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), height, width)


def floor(height, width, box, *, ink=(30, 60, 160), seed=0):
    """Wooden floor below, grey wall above, a little noise all over, and a blue thing in the box."""
    photo = np.empty((height, width, 3), np.float64)
    photo[: height // 2], photo[height // 2 :] = (190, 190, 185), (150, 110, 70)
    photo[box.top : box.bottom, box.left : box.right] = ink
    noise = np.random.default_rng(seed).normal(size=photo.shape) * 4
    return np.clip(photo + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("height", "width", "box"),
    [
        (384, 512, Region(150, 120, 350, 260)),
        (512, 384, Region(40, 200, 240, 320)),
        (480, 640, Region(60, 60, 300, 200)),
        (100, 128, Region(40, 30, 90, 70)),
    ],
)
def test_a_thing_on_a_floor_before_a_wall_is_found_near_its_edges(height, width, box):
    photo = floor(height, width, box)
    found = subject_region(photo)
    pixel = max(height, width) / 128
    slack = 0.04 * max(box.right - box.left, box.bottom - box.top) + 5 * pixel
    assert found is not None
    assert found.left <= box.left <= found.left + slack
    assert found.top <= box.top <= found.top + slack
    assert found.right - slack <= box.right <= found.right
    assert found.bottom - slack <= box.bottom <= found.bottom
    assert shoe_region(photo) == found


def test_a_pair_of_shoes_lies_in_one_box():
    photo = floor(384, 512, Region(100, 150, 200, 250))
    photo[150:250, 280:380] = (160, 30, 60)
    found = subject_region(photo)
    assert found is not None
    assert found.left <= 100
    assert found.right >= 380


def test_a_speck_beside_the_shoe_does_not_stretch_its_box():
    photo = floor(384, 512, Region(100, 150, 300, 280))
    photo[20:36, 470:486] = (160, 30, 60)
    found = subject_region(photo)
    assert found is not None
    assert found.right < 400


@pytest.mark.parametrize(
    "photo",
    [
        np.full((100, 120, 3), 200, np.uint8),
        np.random.default_rng(3).integers(0, 256, (100, 120, 3), dtype=np.uint8),
        floor(384, 512, Region(30, 30, 480, 350)),  # most of the photo: nothing to gain
        floor(384, 512, Region(250, 180, 260, 190)),  # next to nothing
    ],
    ids=["flat", "noise", "large", "tiny"],
)
def test_where_nothing_small_stands_out_there_is_no_region(photo):
    assert subject_region(photo) is None


@pytest.mark.parametrize("shape", [(16, 320), (320, 16), (16, 16)])
def test_odd_shapes_are_survived(shape):
    photo = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    region = subject_region(photo)
    assert region is None or (
        0 <= region.left < region.right <= shape[1] and 0 <= region.top < region.bottom <= shape[0]
    )


def test_a_photo_of_one_colour_along_an_edge_can_be_inverted():
    """Edges without any variance still give distances, thanks to the noise that is always assumed."""
    photo = np.zeros((120, 120, 3), np.uint8)
    photo[:60], photo[60:] = 255, 90
    photo[40:80, 40:80] = (200, 20, 20)
    found = subject_region(photo)
    assert found is not None
    assert found.left <= 40
    assert found.right >= 80
