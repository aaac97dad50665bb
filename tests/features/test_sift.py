from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from sneakers_ml.embedding.sift import Mixture, Projection, write_fisher
from sneakers_ml.features.sift import COLUMNS, DESCRIPTOR, Sift, describe, weigh_place
from sneakers_ml.inference.session import OnnxSession
from tests.support.corpus import draw_shoe


def blots(height, width, count=30, seed=0):
    """White paper with dark blots of several sizes."""
    random = np.random.default_rng(seed)
    photo = np.full((height, width, 3), 255, np.uint8)
    for _ in range(count):
        centre = int(random.integers(width)), int(random.integers(height))
        colour = tuple(int(level) for level in random.integers(0, 160, 3))
        cv2.circle(photo, centre, int(random.integers(3, 12)), colour, -1)
    return photo


def described(photo, side=128):
    return describe(photo, side=side, step=6, cell=8)


def half_dark(height, width):
    """Dark on the left, light on the right: a single upright edge in the middle."""
    photo = np.full((height, width, 3), 50, np.uint8)
    photo[:, width // 2 :] = 150
    return photo


def cosines(first, second):
    """Cosines between the rows of two matrices."""
    return (first * second).sum(axis=1) / np.linalg.norm(first, axis=1) / np.linalg.norm(second, axis=1)


class TestDescribe:
    def test_descriptors_are_those_of_opencv_but_for_its_smoothing(self):
        """Upright keypoints of the same place and size. OpenCV blurs a little first, and weighs single pixels."""
        photo = blots(96, 128)
        rows = described(photo)
        places = (rows[:, DESCRIPTOR:] + 0.5) * (128, 96)
        keypoints = [cv2.KeyPoint(float(x), float(y), 8 * 2 / 3, 0, 0, 0) for x, y in places]
        found, theirs = cv2.SIFT.create().compute(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), keypoints)
        assert len(found) == len(rows) > 200
        alike = cosines(rows[:, :DESCRIPTOR], np.sqrt(theirs))
        assert np.quantile(alike, 0.1) > 0.9
        shifted = cosines(np.roll(rows[:, :DESCRIPTOR], 1, axis=1), np.sqrt(theirs))
        assert np.median(shifted) < 0.8  # another order would be told

    def test_an_edge_by_hand(self):
        """One patch about an edge of 100 levels: gradients point right, within a cell's width of two columns' centres.

        The eight cells of these columns hold, by the window and by how far off the edge is, between 0.236 and 0.462
        of the descriptor's length. Lowe's limit cuts them all to 0.2, so each has an eighth of the sum.
        """
        row = describe(half_dark(32, 33)[:, :32], side=32, step=32, cell=8)
        assert row.shape == (1, COLUMNS)
        expected = np.zeros((4, 4, 8))
        expected[:, 1:3, 0] = 1 / 8
        np.testing.assert_allclose((row[0, :DESCRIPTOR] ** 2).reshape(4, 4, 8), expected, atol=1e-6)
        np.testing.assert_array_equal(row[0, DESCRIPTOR:], 0)

    @pytest.mark.parametrize(
        ("turned", "bin_"),
        [
            (lambda photo: photo, 0),
            (np.rot90, 2),
            (lambda photo: photo[:, ::-1], 4),
            (lambda photo: np.rot90(photo, 3), 6),
        ],
        ids=["right", "up", "left", "down"],
    )
    def test_directions_turn_from_right_to_up(self, turned, bin_):
        """The lighter side lies to the right, above, to the left, below."""
        rows = described(np.ascontiguousarray(turned(half_dark(128, 128))))
        assert len(rows)
        total = (rows[:, :DESCRIPTOR] ** 2).reshape(-1, 8).sum(axis=0)
        assert total[bin_] == pytest.approx(total.sum(), rel=1e-5)

    def test_patches_lie_on_a_grid_over_the_shoe(self):
        photo = np.random.default_rng(1).integers(0, 256, (60, 128, 3), np.uint8)
        rows = describe(photo, side=128, step=8, cell=4)
        across, down = (np.arange(4, 128, 8) / 128 - 0.5, np.arange(4, 60, 8) / 60 - 0.5)
        expected = [(x, y) for y in down for x in across]
        np.testing.assert_allclose(rows[:, DESCRIPTOR:], expected, atol=1e-6)

    def test_descriptors_have_unit_length_and_no_number_rules(self):
        rows = described(blots(300, 200))
        assert rows.dtype == np.float32
        assert rows.flags.c_contiguous
        np.testing.assert_allclose(np.linalg.norm(rows[:, :DESCRIPTOR], axis=1), 1, atol=1e-6)

    def test_plain_patches_are_left_out(self):
        """Of a white page with one dark corner, only patches that reach into the corner."""
        photo = np.full((128, 128, 3), 255, np.uint8)
        photo[:30, :30] = 0
        places = described(photo)[:, DESCRIPTOR:]
        assert len(places)
        assert places.max() < (30 + 2.5 * 8) / 128 - 0.5  # a patch reaches 2 cells, its last cell half a cell further

    @pytest.mark.parametrize("shape", [(90, 60), (16, 320), (320, 16), (1, 1), (1, 40)])
    def test_a_plain_surface_of_any_shape_has_no_patches(self, shape):
        assert described(np.full((*shape, 3), 200, np.uint8)).shape == (0, COLUMNS)

    @pytest.mark.parametrize("scale", [0.5, 2.5])
    def test_a_shoe_of_any_size_is_described_alike(self, scale):
        photo = cv2.GaussianBlur(blots(96, 128), (0, 0), 3)
        other = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        rows, others = described(photo), described(other)
        assert len(rows) == len(others)
        assert np.median(cosines(rows, others)) > 0.95

    def test_a_view_into_a_larger_photo_will_do(self):
        """Shoes are cut out of photos without a copy."""
        photo = blots(200, 300)
        cut = photo[40:160, 70:270]
        np.testing.assert_array_equal(described(cut), described(cut.copy()))


def test_only_the_place_is_weighed():
    rows = described(blots(96, 128))
    weighed = weigh_place(rows, 12)
    np.testing.assert_array_equal(weighed[:, :DESCRIPTOR], rows[:, :DESCRIPTOR])
    np.testing.assert_allclose(weighed[:, DESCRIPTOR:], 12 * rows[:, DESCRIPTOR:], rtol=1e-6)


@pytest.fixture(scope="module")
def extractor(tmp_path_factory):
    """Fisher vector of one component about the origin: sums of the rows and of their squares, at unit length."""
    graph = tmp_path_factory.mktemp("sift") / "model.onnx"
    component = Mixture(np.ones(1), np.zeros((1, COLUMNS)), np.ones((1, COLUMNS)))
    dim = write_fisher(Projection(np.zeros(COLUMNS), np.eye(COLUMNS)), component, graph)
    return Sift(OnnxSession(graph, threads=1), dim=dim, side=128, step=6, cell=8, place=3.0)


class TestExtractor:
    def test_vectors_are_what_the_graph_makes_of_weighed_rows(self, extractor):
        shoes = [blots(120, 100, seed=seed) for seed in range(3)]
        vectors = extractor.transform(shoes)
        assert extractor.dim == 2 * COLUMNS
        assert vectors.dtype == np.float32
        assert vectors.shape == (3, 2 * COLUMNS)
        for shoe, vector in zip(shoes, vectors, strict=True):
            rows = described(shoe).astype(np.float64)
            rows[:, DESCRIPTOR:] *= 3
            sums = np.concatenate([rows.sum(axis=0), (rows**2 - 1).sum(axis=0) / np.sqrt(2)])
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
