from __future__ import annotations

import hashlib

import numpy as np
import pytest

from demo.render.scene.backgrounds import background
from demo.render.scene.phone import PLACES
from sneakers_ml.errors import BundleError
from sneakers_ml.features.detector import NETWORK, FootwearDetector, anchors, decode, footwear_detector
from tests.support.scene import shoe_on


class TestAnchors:
    def test_there_are_three_in_each_cell_of_the_finest_map_and_six_in_the_others(self):
        assert anchors().shape == (3 * 19**2 + 6 * (10**2 + 5**2 + 3**2 + 2**2 + 1), 4)

    @pytest.mark.parametrize(
        ("row", "anchor"),
        [
            (0, (0.5 / 19, 0.5 / 19, 0.1, 0.1)),
            (1, (0.5 / 19, 0.5 / 19, 0.282843, 0.141421)),  # scale 0.2, twice as wide as high
            (2, (0.5 / 19, 0.5 / 19, 0.141421, 0.282843)),
            (3, (1.5 / 19, 0.5 / 19, 0.1, 0.1)),  # cells go from left to right
            (57, (0.5 / 19, 1.5 / 19, 0.1, 0.1)),  # and from top to bottom
            (1083, (0.05, 0.05, 0.35, 0.35)),  # the second map, of 10 x 10 cells and scale 0.35
            (1086, (0.05, 0.05, 0.606218, 0.202073)),  # three times as wide as high
            (1088, (0.05, 0.05, 0.418330, 0.418330)),  # the root of 0.35 x 0.5, the next map's scale
            (1911, (0.5, 0.5, 0.95, 0.95)),  # the last map is one cell
            (1916, (0.5, 0.5, 0.974679, 0.974679)),
        ],
    )
    def test_by_hand(self, row, anchor):
        np.testing.assert_allclose(anchors()[row], anchor, atol=1e-6)


class TestDecode:
    def test_no_code_is_the_anchor_itself(self):
        boxes = decode(np.zeros((1, 4), np.float32), np.array([[0.5, 0.4, 0.2, 0.6]]))
        np.testing.assert_allclose(boxes, [[0.4, 0.1, 0.6, 0.7]])

    def test_by_hand(self):
        """Down by 0.1 x 0.4, left by 0.2 x 0.2, as high as the anchor and twice as wide: exp(5 ln 2 / 5)."""
        codes = np.array([[1, -2, 0, 5 * np.log(2)]], np.float32)
        boxes = decode(codes, np.array([[0.5, 0.5, 0.2, 0.4]]))
        np.testing.assert_allclose(boxes, [[0.26, 0.34, 0.66, 0.74]], atol=1e-6)

    def test_a_box_ends_at_the_photos_edge(self):
        boxes = decode(np.zeros((1, 4), np.float32), np.array([[0.1, 0.9, 0.4, 0.4]]))
        np.testing.assert_allclose(boxes, [[0, 0.7, 0.3, 1]])


class TestFootwearDetector:
    @pytest.mark.parametrize("place", PLACES)
    def test_every_box_is_at_the_shoe(self, place):
        photo, shoe = shoe_on(place)
        height, width = photo.shape[:2]
        boxes = footwear_detector().boxes(photo) * (width, height, width, height)
        assert len(boxes)
        assert (boxes[:, :2].min(axis=0) <= shoe[:2]).all()
        assert (boxes[:, 2:].max(axis=0) >= shoe[2:]).all()
        shared = np.minimum(boxes[:, 2:], shoe[2:]) - np.maximum(boxes[:, :2], shoe[:2])
        assert (shared.clip(0).prod(axis=1) > 0.6 * (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)).all()

    @pytest.mark.parametrize("place", PLACES)
    def test_there_is_none_where_no_shoe_is(self, place):
        photo = background(place, (480, 360), np.random.default_rng(5)).astype(np.uint8)
        assert footwear_detector().boxes(photo).shape == (0, 4)

    def test_two_shoes_have_boxes_of_their_own(self):
        photos = [shoe_on("asphalt", size=(360, 320), left=60)[0], shoe_on("asphalt", size=(360, 320), left=40)[0]]
        boxes = footwear_detector().boxes(np.hstack(photos))
        middles = boxes[:, [0, 2]].mean(axis=1)
        assert (middles < 0.45).any()
        assert (middles > 0.55).any()

    def test_is_opened_once(self):
        assert footwear_detector() is footwear_detector()

    @pytest.mark.parametrize("content", [None, b"", b"not a network", NETWORK.read_bytes()[:100_000]])
    def test_a_missing_or_damaged_network_is_one_line(self, tmp_path, content):
        path = tmp_path / "network.onnx"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(
            BundleError, match=r"network\.onnx: missing or damaged; install the project again$"
        ) as error:
            FootwearDetector(path)
        assert "\n" not in str(error.value)


def test_the_notice_names_the_network_that_is_there():
    digest = hashlib.sha256(NETWORK.read_bytes()).hexdigest()
    assert digest in NETWORK.with_suffix(".NOTICE").read_text(encoding="utf-8")
    assert "Apache License" in NETWORK.with_suffix(".LICENSE").read_text(encoding="utf-8")
