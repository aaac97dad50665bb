"""What can be seen on the photos, measured on their pixels alone."""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray


def shoe(photo: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Pixels that are clearly not the white table."""
    return np.asarray(photo.min(axis=2) < 190)


def mean_lab(photo: NDArray[np.uint8]) -> NDArray[np.float32]:
    lab = cv2.cvtColor(photo.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return np.asarray(lab[shoe(photo)].mean(axis=0))


def overlap(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    return float((a & b).sum() / (a | b).sum())


def test_every_photo_is_400_by_400(demo):
    assert {photo.shape for photo in demo.photos.values()} == {(400, 400, 3)}


def test_a_shoe_on_white_within_the_frame(demo):
    for file, photo in demo.photos.items():
        corners = photo[[0, 0, -1, -1], [0, -1, 0, -1]]
        assert corners.min() > 235, file
        assert 0.10 < (photo.min(axis=2) < 225).mean() < 0.60, file
        edge = np.concatenate([photo[0], photo[-1], photo[:, 0], photo[:, -1]])
        assert edge.min() > 200, file


def test_colourways_differ_in_colour(demo):
    by_model: dict[str, list[NDArray[np.float32]]] = {}
    for row in demo.rows:
        if row["view"] == "right":
            by_model.setdefault(row["brand"] + row["model"], []).append(mean_lab(demo.photos[row["file"]]))
    assert len(by_model) == 6
    for model, colours in by_model.items():
        for a, b in combinations(colours, 2):
            assert np.linalg.norm(a - b) > 8, model


def test_left_is_not_right_mirrored(demo):
    for row in demo.rows:
        if row["view"] == "right":
            right = demo.photos[row["file"]].astype(np.int16)
            left = demo.photos[row["file"].replace("-right.jpg", "-left.jpg")].astype(np.int16)
            assert np.abs(right - left[:, ::-1]).mean() > 3, row["file"]


@pytest.mark.parametrize(("view", "toe"), [("right", "right"), ("left", "left"), ("three_quarter", "right")])
def test_the_toe_points_where_the_view_says(demo, view, toe):
    """The tongue, the highest part, stands on the heel's half of the shoe."""
    for row in demo.rows:
        if row["view"] != view:
            continue
        rows, columns = np.nonzero(shoe(demo.photos[row["file"]]))
        high = columns[rows < rows.min() + 20].mean()
        middle = (columns.min() + columns.max()) / 2
        assert (high < middle) == (toe == "right"), row["file"]


def test_three_quarter_is_another_shape(demo):
    for row in demo.rows:
        if row["view"] == "three_quarter":
            side = shoe(demo.photos[row["file"].replace("three_quarter", "right")])
            assert overlap(shoe(demo.photos[row["file"]]), side) < 0.90, row["file"]


def test_models_of_a_brand_differ_in_shape(demo):
    by_model: dict[tuple[str, str], NDArray[np.uint8]] = {}
    for row in demo.rows:
        if row["view"] == "right":
            by_model.setdefault((row["brand"], row["model"]), demo.photos[row["file"]])
    for (a, first), (b, second) in combinations(by_model.items(), 2):
        assert overlap(shoe(first), shoe(second)) < 0.97, (a, b)
