from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.report.failures import (
    GREEN,
    GREY,
    RED,
    brand_failure_sheet,
    retrieval_failure_sheet,
    save_jpeg,
    unknown_failure_sheet,
)
from tests.evaluation.builders import brand_result, flat_photo, retrieval_result, sure

# A tile is a photo of 160 px in a border of 5, with two lines of text below, and 8 px between tiles.
PITCH_X, PITCH_Y, GAP = 178, 214, 8
WHITE = (255, 255, 255)


def border(sheet, row, column):
    """Colour in the middle of a tile's top border."""
    return sheet.getpixel((GAP + column * PITCH_X + 85, GAP + row * PITCH_Y + 2))


def centre(sheet, row, column):
    return sheet.getpixel((GAP + column * PITCH_X + 85, GAP + row * PITCH_Y + 85))


def caption_ink(sheet, row, column):
    """Number of dark pixels in the two lines of text below a tile."""
    left, top = GAP + column * PITCH_X, GAP + row * PITCH_Y + 171
    return int((np.asarray(sheet.crop((left, top, left + 170, top + 35)).convert("L")) < 128).sum())


def centres(sheet, columns, row=0):
    return [centre(sheet, row, column) for column in range(columns)]


def test_brand_sheet_by_falling_confidence():
    # Wrong: photo 1 (.6) and photo 3 (.9); photo 5 is of an unknown brand.
    sheet = brand_failure_sheet(brand_result(), flat_photo)
    assert sheet.size == (GAP + 2 * PITCH_X, GAP + PITCH_Y)
    assert centres(sheet, 2) == [(40, 0, 0), (20, 0, 0)]
    assert [border(sheet, 0, column) for column in (0, 1)] == [RED, RED]
    assert caption_ink(sheet, 0, 0) > 50
    assert brand_failure_sheet(brand_result(), flat_photo, count=1).size == (GAP + PITCH_X, GAP + PITCH_Y)


def test_photo_keeps_its_shape_on_white():
    # 60 x 40 photos become 160 x 107: there is paper above and below, within the border.
    sheet = brand_failure_sheet(brand_result(), flat_photo)
    assert sheet.getpixel((GAP + 85, GAP + 5 + 20)) == WHITE
    assert sheet.getpixel((GAP + 5, GAP + 85)) == (40, 0, 0)
    assert sheet.getpixel((GAP + 85, GAP + 5 + 27)) == (40, 0, 0)


def test_sheet_breaks_into_rows():
    sheet = brand_failure_sheet(brand_result(), flat_photo, columns=1)
    assert sheet.size == (GAP + PITCH_X, GAP + 2 * PITCH_Y)
    assert [centre(sheet, row, 0) for row in (0, 1)] == [(40, 0, 0), (20, 0, 0)]


def test_captions_tell_photos_apart():
    first = brand_failure_sheet(brand_result(), flat_photo, count=1)
    truth = ["nike", "nike", "adidas", "puma", "puma", "vans"]
    second = brand_failure_sheet(brand_result(truth=truth), flat_photo, count=1)
    assert caption_ink(first, 0, 0) != caption_ink(second, 0, 0)


def test_long_brand_names_stay_under_their_tile():
    long_name = "a brand whose name is far longer than a tile is wide"
    result = brand_result(truth=["nike", "nike", "adidas", long_name, "puma", "vans"])
    more = np.hstack([result.probabilities, np.zeros((6, 1))])
    result = replace(result, labels=(*result.labels, long_name), probabilities=more)
    sheet = brand_failure_sheet(result, flat_photo, count=1)
    beyond = np.asarray(sheet.crop((GAP + 170, GAP + 171, sheet.width, sheet.height)))
    assert (beyond == 255).all()


def test_no_failures_no_sheet():
    right = sure(["nike", "nike", "adidas", "adidas", "puma", "nike"], brand_result().labels)
    assert brand_failure_sheet(brand_result(probabilities=right), flat_photo) is None


def test_unknown_brands_by_falling_confidence():
    # Photos 1 (.6), 3 (.9) and 5 (.65) are of unknown brands.
    sheet = unknown_failure_sheet(brand_result(truth=["nike", "vans", "adidas", "fila", "puma", "vans"]), flat_photo)
    assert sheet.size == (GAP + 3 * PITCH_X, GAP + PITCH_Y)
    assert centres(sheet, 3) == [(40, 0, 0), (60, 0, 0), (20, 0, 0)]


def test_only_known_brands_no_unknown_sheet():
    assert unknown_failure_sheet(brand_result(truth=["nike"] * 6), flat_photo) is None


def test_retrieval_sheet_by_hand():
    # Angles a 0, a 10, b 12, b 60, c 90; c is alone. Nearest of a 0: 10 (a), right. Of a 10: 12 (b), wrong, a second:
    # AP 1/2. Of b 12: 10, 0, 60: AP 1/3. Of b 60: 90 (c), 12 (b): AP 1/2.
    sheet = retrieval_failure_sheet(retrieval_result(), flat_photo)
    assert sheet.size == (GAP + 6 * PITCH_X, GAP + 3 * PITCH_Y)
    assert centres(sheet, 5) == [(0, 0, 200), (0, 200, 0), (200, 0, 0), (200, 200, 0), (0, 200, 200)]
    assert [centre(sheet, row, 0) for row in (1, 2)] == [(0, 200, 0), (200, 200, 0)]
    assert [border(sheet, 0, column) for column in range(6)] == [GREY, RED, RED, GREEN, RED, WHITE]
    # Photo a 10: b at 2 degrees, a at 10, b at 50, c at 80; the fifth place is empty, for the gallery has four others.
    assert [border(sheet, 1, column) for column in range(6)] == [GREY, RED, GREEN, RED, RED, WHITE]
    assert centre(sheet, 1, 5) == WHITE


def test_retrieval_rows_point_at_the_right_queries_when_some_are_left_out():
    moved = retrieval_result(order=[4, 0, 1, 2, 3])  # the photo of model c, which is left out, comes first
    first, second = (retrieval_failure_sheet(each, flat_photo, count=1) for each in (retrieval_result(), moved))
    assert centres(first, 5) == centres(second, 5)


def test_fewer_neighbours():
    sheet = retrieval_failure_sheet(retrieval_result(), flat_photo, count=1, neighbours=2)
    assert sheet.size == (GAP + 3 * PITCH_X, GAP + PITCH_Y)


def test_saved_jpeg_keeps_the_colour_of_thin_borders(tmp_path):
    path = tmp_path / "sheets" / "failures.jpg"
    save_jpeg(retrieval_failure_sheet(retrieval_result(), flat_photo), path)
    with Image.open(path) as sheet:
        assert sheet.format == "JPEG"
        colours = [border(sheet.convert("RGB"), 0, column) for column in range(4)]
    assert np.array(colours) == pytest.approx(np.array([GREY, RED, RED, GREEN]), abs=12)


def test_a_photo_that_cannot_be_read_is_named():
    def broken(photo_id):
        raise DataError(f"photo {photo_id} is damaged")

    with pytest.raises(DataError, match="photo 40-0-0 is damaged"):
        brand_failure_sheet(brand_result(), broken)
