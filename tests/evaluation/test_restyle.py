from __future__ import annotations

import numpy as np
import pytest

from sneakers_ml.evaluation.restyle import restyled, restyled_vectors
from sneakers_ml.features.extractor import load_extractor
from sneakers_ml.images.ground import plain_ground


def shoe_on(ground):
    """A black box with a white middle, 80 of 200 pixels wide."""
    photo = np.full((200, 200, 3), ground, np.uint8)
    photo[70:130, 60:140] = 0
    photo[85:115, 75:125] = 255
    return photo


def restyles(photo, count=40):
    return [restyled(photo, np.random.default_rng(seed)) for seed in range(count)]


def test_a_seed_gives_one_picture_and_another_seed_another():
    one, same, other = (restyled(shoe_on(255), np.random.default_rng(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert one.shape != other.shape or (one != other).any()


def test_sizes_are_those_of_small_web_photos():
    sides = [max(photo.shape) for photo in restyles(shoe_on(255))]
    assert (min(sides) >= 96, max(sides) <= 320) == (True, True)
    assert len(set(sides)) > 30
    assert all(photo.dtype == np.uint8 and photo.shape[2] == 3 for photo in restyles(shoe_on(255), 3))
    high = restyled(np.full((400, 100, 3), 9, np.uint8), np.random.default_rng(0))
    assert high.shape[0] / high.shape[1] == pytest.approx(4, rel=0.05)


def test_a_plain_ground_becomes_another_and_the_shoe_stays_dark_around_its_white_middle():
    for photo in restyles(shoe_on(255)):
        corners = photo[[2, 2, -3, -3], [2, -3, 2, -3]].astype(int)
        assert corners.min(axis=1).max() < 250  # no longer white
        assert photo.min() < 40  # black still
        dark = photo.max(axis=2) < 20
        rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
        middle = photo[(rows[0] + rows[-1]) // 2, (columns[0] + columns[-1]) // 2]
        assert middle.min() > 170  # white that the ground does not reach


def test_grounds_differ_from_one_photo_to_the_next():
    corners = [photo[2, 2].mean() for photo in restyles(shoe_on(255))]
    assert np.ptp(corners) > 80


def test_the_shoe_is_smaller():
    for photo in restyles(shoe_on(255)):
        dark = np.flatnonzero((photo.max(axis=2) < 20).any(axis=0))
        share = (dark[-1] - dark[0] + 1) / photo.shape[1]
        assert 0.6 * 0.4 - 0.03 < share < 0.4 + 0.03


def test_what_is_behind_a_shoe_on_the_street_stays():
    noise = np.random.default_rng(0).integers(0, 2, (200, 200, 1)) * np.full(3, 255)
    stripes = np.repeat(noise[:, :1].astype(np.uint8), 200, axis=1)
    assert plain_ground(stripes) is None
    for photo in restyles(stripes, 10):
        assert photo[:, 4].astype(int).std() > 30


def test_vectors_of_every_extractor_are_of_the_same_pictures(tiny):
    photo_ids = [path.stem for path in sorted((tiny.workspace.photos / "images").iterdir())[:18]]
    names = ("hog", "efficientnet_lite0", "lite0_grid", "concat")
    found = restyled_vectors(tiny.workspace, photo_ids, names, seed=3)
    assert set(found) == set(names)
    for name, vectors in found.items():
        assert vectors.shape == (18, load_extractor(tiny.workspace.extractor(name), threads=1).dim)
        stored = np.load(tiny.workspace.features / f"{name}.npy")
        assert not any(np.isclose(row, stored).all(axis=1).any() for row in vectors)  # one number may well be the same
    parts = [found[name] / np.linalg.norm(found[name], axis=1, keepdims=True) for name in names[:3]]
    np.testing.assert_allclose(found["concat"], np.hstack(parts), atol=1e-6)
    alone = restyled_vectors(tiny.workspace, photo_ids[:3], ["hog"], seed=3)["hog"]
    np.testing.assert_allclose(alone, found["hog"][:3], atol=1e-6)  # a picture depends on its own id alone
