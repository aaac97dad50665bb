from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from sneakers_ml import images
from sneakers_ml.images.region import Region
from sneakers_ml.serving.filters import ProductFilter
from sneakers_ml.serving.picture import draw_answer, framed

FRAME = (224, 90, 50)


@pytest.fixture(scope="module")
def photo(tiny):
    """A query on a plain wall, so that a part of it is framed."""
    shoe = images.read(tiny.queries[0].path, longest_side=260)
    wall = np.full((390, 520, 3), 240, np.uint8)
    wall[60 : 60 + shoe.shape[0], 120 : 120 + shoe.shape[1]] = shoe[:330]
    return wall


def tile(picture, number):
    """Pixels of the tile in a column, counted from the query's: 260 wide, 16 apart, a wider gap after the query."""
    left = 16 if number == 0 else number * 276 + 32
    return np.asarray(picture)[16:276, left : left + 260].astype(int)


def test_the_query_and_each_neighbour_have_a_tile(recognizer, photo):
    answer = recognizer.answer(photo, top=4)
    picture = draw_answer(photo, answer, recognizer)
    assert picture.mode == "RGB"
    assert picture.width >= 16 + 5 * 276
    for number, neighbour in enumerate(answer.neighbours, start=1):
        with Image.open(io.BytesIO(recognizer.thumbnail(neighbour.photo_id))) as shown:
            top, left = (260 - shown.height) // 2, (260 - shown.width) // 2
            drawn = tile(picture, number)[top : top + shown.height, left : left + shown.width]
            assert np.array_equal(drawn, np.asarray(shown))


def test_the_query_is_framed_where_it_was_looked_at(recognizer, photo):
    before = photo.copy()
    answer = recognizer.answer(photo, top=1)
    drawn = tile(draw_answer(photo, answer, recognizer), 0)
    framed = np.argwhere(np.abs(drawn - FRAME).max(axis=2) < 40)
    scale = 260 / max(photo.shape[:2])
    top, left = (260 - scale * photo.shape[0]) / 2, (260 - scale * photo.shape[1]) / 2
    corners = [
        (top + scale * answer.region.top, left + scale * answer.region.left),
        (top + scale * answer.region.bottom, left + scale * answer.region.right),
    ]
    np.testing.assert_allclose([framed.min(axis=0), framed.max(axis=0)], corners, atol=4)
    assert np.array_equal(photo, before)


@pytest.mark.parametrize(("side", "width"), [(100, 2), (299, 2), (600, 4)])
def test_a_frame_lies_inside_the_part_and_nothing_else_changes(side, width):
    white = np.full((side, side, 3), 255, np.uint8)
    drawn = np.asarray(framed(white, Region(20, 30, 80, 90)))
    expected = white.copy()
    expected[30:90, 20:80] = FRAME
    expected[30 + width : 90 - width, 20 + width : 80 - width] = 255
    assert np.array_equal(drawn, expected)
    assert (white == 255).all()


def test_a_frame_around_the_whole_photo():
    drawn = np.asarray(framed(np.zeros((50, 70, 3), np.uint8), Region(0, 0, 70, 50)))
    assert [tuple(drawn[place]) for place in ((0, 0), (0, -1), (-1, 0), (-1, -1))] == [FRAME] * 4
    assert not drawn[2:-2, 2:-2].any()


def test_the_words_stand_below_the_pictures(recognizer, photo):
    answer = recognizer.answer(photo, top=2)
    band = np.asarray(draw_answer(photo, answer, recognizer).convert("L"))[284:330]
    for left in (16, 308, 584):
        assert (band[:, left : left + 200] < 128).any()


def test_without_neighbours_the_query_stands_alone(recognizer, photo):
    answer = recognizer.answer(photo, products=ProductFilter(brand="nobody"))
    assert draw_answer(photo, answer, recognizer).width < 2 * 276 + 32
