from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sneakers_ml.features.crop import shoe_region
from sneakers_ml.images.ground import outline
from sneakers_ml.networks.photos import TrainingPhotos, cut_shoe
from tests.support.corpus import encode


def block(*, ground=(250, 250, 250), size=(200, 300)):
    """A red block from row 60 to 139 and column 100 to 219, with a hole in the colour of the ground."""
    photo = np.full((*size, 3), ground, np.uint8)
    photo[60:140, 100:220] = 200, 30, 30
    photo[90:110, 140:180] = ground
    return photo


def busy(height=120, width=160):
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


class TestOutline:
    def test_is_the_shoe_with_its_holes(self):
        """What is enclosed belongs to the shoe, whatever its colour: the fill comes from the frame."""
        expected = np.zeros((200, 300), np.uint8)
        expected[60:140, 100:220] = 255
        np.testing.assert_array_equal(outline(block()), expected)

    def test_any_plain_colour_is_a_ground(self):
        np.testing.assert_array_equal(outline(block(ground=(90, 120, 160))), outline(block()))

    def test_specks_are_no_shoe(self):
        photo = block()
        photo[10, 10] = photo[20, 30:32] = 0
        np.testing.assert_array_equal(outline(photo), outline(block()))

    def test_there_is_none_before_a_busy_ground(self):
        assert outline(busy()) is None

    def test_there_is_none_of_what_is_hardly_there_or_nearly_everywhere(self):
        photo = np.full((100, 100, 3), 250, np.uint8)
        photo[40:60, 40:60] = 0  # 4 %
        assert outline(photo) is None
        photo[2:-2, 2:-2] = 0  # 92 %
        assert outline(photo) is None


class TestCutShoe:
    def test_reaches_a_quarter_beyond_the_box_of_the_shoe(self):
        photo = block()
        region, shoe = shoe_region(photo), cut_shoe(photo, None)
        across, down = region.right - region.left, region.bottom - region.top
        assert shoe.photo.shape == (
            region.bottom + int(0.25 * down) - int(region.top - 0.25 * down),
            region.right + int(0.25 * across) - int(region.left - 0.25 * across),
            3,
        )
        left, top, right, bottom = shoe.box.astype(int)
        np.testing.assert_array_equal(
            shoe.photo[top:bottom, left:right], photo[region.top : region.bottom, region.left : region.right]
        )
        assert shoe.outline.shape == shoe.photo.shape[:2]

    def test_ends_where_the_photo_ends(self):
        photo = block()[55:145, 95:225]
        shoe = cut_shoe(photo, None)
        np.testing.assert_array_equal(shoe.photo, photo)
        assert shoe.box.tolist() == [0, 0, 130, 90]

    @pytest.mark.parametrize("side", [32, 64, 97])
    def test_is_shrunk_so_that_the_box_is_no_longer_than_asked(self, side):
        shoe, whole = cut_shoe(block(), side), cut_shoe(block(), None)
        left, top, right, bottom = shoe.box
        assert max(right - left, bottom - top) == pytest.approx(side)
        np.testing.assert_allclose(shoe.box / np.float32(side), whole.box / np.ptp(whole.box[::2]), atol=1e-4)
        assert shoe.photo.shape[1] == pytest.approx(whole.photo.shape[1] * side / np.ptp(whole.box[::2]), abs=0.51)

    def test_is_never_enlarged(self):
        np.testing.assert_array_equal(cut_shoe(block(), 512).photo, cut_shoe(block(), None).photo)


class TestRead:
    @pytest.fixture
    def photos(self, tmp_path):
        rows = []
        for number, (label, source, model, colourway, photo) in enumerate(
            [
                ("brisko", "demo", "one", "one-red", block()),
                ("arvo", "outlet", None, None, busy()),
                ("brisko", "outlet", "one", None, block()),
                ("corvane", "demo", "two", "two-red", block()),
            ]
        ):
            (tmp_path / f"{number}.png").write_bytes(encode(photo, "PNG"))
            names = {"label": label, "source": source, "model": model, "colourway": colourway}
            rows.append({"file": f"{number}.png"} | names)
        return TrainingPhotos.read(pd.DataFrame(rows), tmp_path, labels=["arvo", "brisko"], longest_side=40)

    def test_labels_keep_their_place_and_names_become_numbers(self, photos):
        assert photos.labels == ("arvo", "brisko")
        assert photos.label.tolist() == [1, 0, 1, -1]  # nobody asked for corvane
        assert photos.source.tolist() == [0, 1, 1, 0]
        assert photos.model.tolist() == [0, -1, 0, 1]
        assert photos.colourway.tolist() == [0, -1, -1, 1]
        assert {values.dtype for values in (photos.label, photos.source, photos.model, photos.colourway)} == {
            np.dtype(np.int64)
        }

    def test_shoes_are_those_of_the_files_in_order(self, photos):
        assert len(photos) == 4
        for shoe, photo in zip(photos.shoes, [block(), busy(), block(), block()], strict=True):
            np.testing.assert_array_equal(shoe.photo, cut_shoe(photo, 40).photo)
        assert [shoe.outline is not None for shoe in photos.shoes] == [True, False, True, True]
