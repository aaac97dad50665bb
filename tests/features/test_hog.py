from __future__ import annotations

import numpy as np
import pytest
from skimage.feature import hog as skimage_hog

from sneakers_ml.features.crop import fill_square, fit_square
from sneakers_ml.features.hog import Hog, HogTables, hog
from tests.support.corpus import draw_shoe


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def grey_ramp(height, width):
    """Dark to light along the diagonal, so that neighbouring gradients tie between channels."""
    steps = np.add.outer(np.arange(height), np.arange(width)) * 3 % 256
    return np.repeat(steps.astype(np.uint8)[..., None], 3, axis=2)


def checkerboard(height, width):
    board = (np.add.outer(np.arange(height) // 3, np.arange(width) // 5) % 2) * 255
    return np.stack([board, 255 - board, board // 2], axis=2).astype(np.uint8)


def independent(photo, orientations, cell, block=1):
    return skimage_hog(
        photo,
        orientations=orientations,
        pixels_per_cell=(cell, cell),
        cells_per_block=(block, block),
        block_norm="L2-Hys",
        channel_axis=-1,
    )


PHOTOS = {
    "noise": noise(64, 64),
    "noise, neither side a multiple of a cell": noise(61, 45, seed=1),
    "grey ramp": grey_ramp(48, 72),
    "checkerboard of opposed channels": checkerboard(50, 66),
    "shoe": draw_shoe(100, 76),
    "flat black": np.zeros((32, 40, 3), np.uint8),
    "flat white": np.full((33, 47, 3), 255, np.uint8),
}


@pytest.mark.parametrize("photo", PHOTOS.values(), ids=PHOTOS.keys())
@pytest.mark.parametrize(("orientations", "cell"), [(8, 8), (9, 6), (4, 7), (12, 5)])
def test_equals_scikit_image(photo, orientations, cell):
    ours = hog(photo, HogTables(orientations), cell)
    expected = independent(photo, orientations, cell)
    assert ours.dtype == np.float32
    assert ours.shape == expected.shape == ((photo.shape[0] // cell) * (photo.shape[1] // cell) * orientations,)
    np.testing.assert_allclose(ours, expected, atol=1e-6)


@pytest.mark.parametrize("photo", PHOTOS.values(), ids=PHOTOS.keys())
@pytest.mark.parametrize(("orientations", "cell", "block"), [(8, 8, 2), (9, 6, 2), (4, 7, 3), (6, 8, 4)])
def test_overlapping_blocks_equal_scikit_image(photo, orientations, cell, block):
    ours = hog(photo, HogTables(orientations), cell, block)
    expected = independent(photo, orientations, cell, block)
    assert ours.shape == expected.shape
    np.testing.assert_allclose(ours, expected, atol=1e-6)


def test_two_cells_of_a_block_are_normalised_together():
    """Edges of difference 200 and 100 in two of four cells, along x: 2 / sqrt(5) and 1 / sqrt(5), clipped at 0.2.

    Both end at 0.2 and so, at unit length, at 1 / sqrt(2); on their own each would have been 1.
    """
    photo = np.zeros((16, 16, 3), np.uint8)
    photo[:8, 4:8] = 200
    photo[8:, 12:] = 100
    photo[:8, 8:] = 200
    ours = hog(photo, HogTables(4), 8, 2).reshape(2, 2, 4)
    strongest = ours[[0, 1], [0, 1], 0]
    assert strongest == pytest.approx(strongest[::-1], rel=1e-6)
    assert ours.ravel() == pytest.approx(independent(photo, 4, 8, 2), abs=1e-6)


def test_a_flat_photo_has_no_gradients():
    assert not hog(np.full((16, 16, 3), 130, np.uint8), HogTables(8), 8).any()


def vertical_edge():
    photo = np.zeros((8, 8, 3), np.uint8)
    photo[:, 4:] = 200
    return photo


@pytest.mark.parametrize(
    ("photo", "bin_"),
    [
        (vertical_edge(), 0),  # brightness changes along x: 0 degrees
        (vertical_edge()[:, ::-1], 0),  # and without a sign: light to dark is the same edge
        (vertical_edge().transpose(1, 0, 2), 2),  # 90 degrees, in bins of 45
    ],
)
def test_an_edge_fills_the_one_bin_of_its_angle(photo, bin_):
    expected = np.zeros(4)
    expected[bin_] = 1.0
    np.testing.assert_allclose(hog(photo, HogTables(4), 8), expected, atol=1e-6)


def test_two_edges_share_a_cell_as_counted_by_hand():
    """A vertical edge in red, 2 columns x 8 rows of difference 250; a horizontal one in blue, 2 rows of 30.

    Red is stronger where they cross, which leaves the horizontal edge 6 of its 8 columns. The sums are 4000 and 360;
    at unit length 0.9959750 and 0.0896378; 0.2 is the most that a bin may have; then unit length again.
    """
    photo = np.zeros((8, 8, 3), np.uint8)
    photo[:, 4:, 0] = 250
    photo[4:, :, 2] = 30
    clipped = np.array([0.2, 0.0896378])
    np.testing.assert_allclose(hog(photo, HogTables(4), 8)[[0, 2]], clipped / np.hypot(*clipped), atol=1e-6)


@pytest.mark.parametrize(("aspect", "square"), [("keep", fit_square), ("fill", fill_square)])
def test_the_extractor_brings_the_shoe_to_its_square_first(aspect, square):
    shoes = [draw_shoe(90, 40), noise(200, 70)]
    extractor = Hog(side=64, orientations=8, cell=8, aspect=aspect)
    vectors = extractor.transform(shoes)
    assert extractor.dim == 8 * 8 * 8
    assert vectors.shape == (2, extractor.dim)
    assert vectors.dtype == np.float32
    for shoe, vector in zip(shoes, vectors, strict=True):
        np.testing.assert_allclose(vector, independent(square(shoe, 64), 8, 8), atol=1e-6)


def test_a_square_of_broken_cells_keeps_its_length():
    extractor = Hog(side=70, orientations=4, cell=8)
    assert extractor.transform([draw_shoe()]).shape == (1, extractor.dim) == (1, 8 * 8 * 4)


@pytest.mark.parametrize(("block", "dim"), [(1, 8 * 8 * 4), (2, 7 * 7 * 4 * 4), (8, 8 * 8 * 4)])
def test_the_extractor_with_blocks(block, dim):
    extractor = Hog(side=64, orientations=4, cell=8, block=block)
    shoe = draw_shoe(90, 40)
    assert extractor.dim == dim
    np.testing.assert_allclose(
        extractor.transform([shoe])[0], independent(fill_square(shoe, 64), 4, 8, block), atol=1e-6
    )
