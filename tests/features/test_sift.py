from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from sneakers_ml.export.sift_encoder import Projection, Words, write_vlad
from sneakers_ml.features.sift import COLUMNS, DESCRIPTOR, Sift, describe, weigh_place
from sneakers_ml.onnx_session import OnnxSession
from tests.support.corpus import draw_shoe


def blots(height, width, count=30, seed=0):
    """White paper with dark blots of several sizes: many keypoints."""
    random = np.random.default_rng(seed)
    photo = np.full((height, width, 3), 255, np.uint8)
    for _ in range(count):
        centre = int(random.integers(width)), int(random.integers(height))
        colour = tuple(int(level) for level in random.integers(0, 160, 3))
        cv2.circle(photo, centre, int(random.integers(3, 12)), colour, -1)
    return photo


def spot(height, width, x, y, radius):
    """One dark spot with soft edges on white; x and y in pixels."""
    rows, columns = np.mgrid[:height, :width] + 0.5
    dark = 200 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * radius**2))
    return np.repeat((255 - dark).astype(np.uint8)[..., None], 3, axis=2)


class TestDescribe:
    def test_rows_are_root_sift_and_place(self):
        """At the size asked for, so that nothing is scaled: OpenCV's own numbers, and the definition by hand."""
        photo = blots(96, 128)
        keypoints, descriptors = cv2.SIFT.create().detectAndCompute(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), None)
        rows = describe(photo, 128)
        assert rows.dtype == np.float32
        assert rows.shape == (len(keypoints), COLUMNS)
        assert len(keypoints) > 20
        for row, keypoint, descriptor in zip(rows, keypoints, descriptors, strict=True):
            np.testing.assert_allclose(row[:DESCRIPTOR] ** 2, descriptor / descriptor.sum(), atol=1e-6)
            place = keypoint.pt[0] / 128 - 0.5, keypoint.pt[1] / 96 - 0.5
            np.testing.assert_allclose(row[DESCRIPTOR:], place, atol=1e-6)

    def test_descriptors_have_unit_length_and_places_lie_within_the_shoe(self):
        rows = describe(blots(300, 200), 128)
        np.testing.assert_allclose(np.linalg.norm(rows[:, :DESCRIPTOR], axis=1), 1, atol=1e-6)
        assert np.abs(rows[:, DESCRIPTOR:]).max() <= 0.5

    @pytest.mark.parametrize(
        ("width", "height"), [(128, 64), (320, 160), (64, 32)], ids=["as is", "shrunk", "enlarged"]
    )
    def test_a_spot_is_found_where_it_is(self, width, height):
        """A quarter of the width from the left, at half the height, whatever the photo's size."""
        rows = describe(spot(height, width, width / 4, height / 2, height / 8), 128)
        places = rows[:, DESCRIPTOR:]
        assert len(places)
        np.testing.assert_allclose(places, np.tile([-0.25, 0.0], (len(places), 1)), atol=0.03)

    @pytest.mark.parametrize("shape", [(90, 60), (16, 320), (320, 16), (1, 1), (1, 40)])
    def test_a_plain_surface_of_any_shape_has_no_keypoints(self, shape):
        assert describe(np.full((*shape, 3), 200, np.uint8), 128).shape == (0, COLUMNS)

    def test_a_view_into_a_larger_photo_will_do(self):
        """Shoes are cut out of photos without a copy."""
        photo = blots(200, 300)
        cut = photo[40:160, 70:270]
        np.testing.assert_array_equal(describe(cut, 128), describe(cut.copy(), 128))

    def test_a_page_of_dots_is_cut_to_the_strongest_keypoints(self):
        """A grid of dots of 2000 different strengths; the paper is otherwise white."""
        random = np.random.default_rng(0)
        photo = np.full((512, 640, 3), 255, np.uint8)
        for place in range(2000):
            row, column = divmod(place, 50)
            corner = (12 * column + 8, 12 * row + 8)
            level = int(random.integers(0, 120))
            cv2.circle(photo, corner, 3, (level, level, level), -1)
        everything = cv2.SIFT.create().detect(photo[..., 0], None)
        assert len(everything) > 1000
        assert 400 <= len(describe(photo, 640)) <= 520


def test_only_the_place_is_weighed():
    rows = describe(blots(96, 128), 128)
    weighed = weigh_place(rows, 12)
    np.testing.assert_array_equal(weighed[:, :DESCRIPTOR], rows[:, :DESCRIPTOR])
    np.testing.assert_allclose(weighed[:, DESCRIPTOR:], 12 * rows[:, DESCRIPTOR:], rtol=1e-6)


@pytest.fixture(scope="module")
def extractor(tmp_path_factory):
    """VLAD of one word at the origin: the sum of the rows, square-rooted, at unit length."""
    graph = tmp_path_factory.mktemp("sift") / "model.onnx"
    write_vlad(Projection(np.zeros(COLUMNS), np.eye(COLUMNS)), Words(np.zeros((1, COLUMNS))), graph)
    return Sift(OnnxSession(graph, threads=1), dim=COLUMNS, side=128, place=3.0)


class TestExtractor:
    def test_vectors_are_what_the_graph_makes_of_weighed_rows(self, extractor):
        shoes = [blots(120, 100, seed=seed) for seed in range(3)]
        vectors = extractor.transform(shoes)
        assert extractor.dim == COLUMNS
        assert vectors.dtype == np.float32
        assert vectors.shape == (3, COLUMNS)
        for shoe, vector in zip(shoes, vectors, strict=True):
            sums = describe(shoe, 128).sum(axis=0, dtype=np.float64)
            sums[DESCRIPTOR:] *= 3
            np.testing.assert_allclose(vector * np.abs(vector), sums / np.abs(sums).sum(), atol=1e-5)

    def test_a_blank_photo_is_a_zero_vector_among_others(self, extractor):
        vectors = extractor.transform([draw_shoe(), np.full((50, 70, 3), 255, np.uint8)])
        assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-5)
        assert not vectors[1].any()

    def test_threads_give_what_one_gives(self, extractor):
        shoes = [blots(150, 200, seed=seed) for seed in range(24)]
        alone = extractor.transform(shoes)
        with ThreadPoolExecutor(4) as pool:
            together = np.concatenate(list(pool.map(lambda shoe: extractor.transform([shoe]), shoes)))
        np.testing.assert_array_equal(together, alone)


def test_it_loads_no_training_library():
    libraries = ["sklearn", "skimage", "torch", "onnx"]
    code = f"import sys, sneakers_ml.features.sift; print([name for name in {libraries} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
