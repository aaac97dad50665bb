from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
import pytest

from demo.render.shoe.branding import MARKS, place_mark


def drawn(mark: str) -> np.ndarray:
    mask = np.zeros((160, 160), np.uint8)
    for polygon in place_mark(mark, (0.0, 0.0), 1.0, 0.0):
        cv2.fillPoly(mask, [np.round(polygon * (58, -58) + 80).astype(np.int32)], 1)
    return mask > 0


def test_no_two_marks_look_alike():
    marks = {name: drawn(name) for name in MARKS.names()}
    for (a, first), (b, second) in combinations(marks.items(), 2):
        assert (first & second).sum() / (first | second).sum() < 0.6, (a, b)


@pytest.mark.parametrize("mark", MARKS.names())
def test_a_mark_fills_its_square(mark):
    assert 0.06 < drawn(mark).mean() < 0.5


def test_a_mark_is_moved_sized_and_turned():
    """A quarter turn takes x to y, and y to -x."""
    for plain, placed in zip(
        place_mark("bolt", (0, 0), 1.0, 0.0), place_mark("bolt", (0.4, 0.3), 0.1, np.pi / 2), strict=True
    ):
        np.testing.assert_allclose(placed, np.stack([0.4 - 0.1 * plain[:, 1], 0.3 + 0.1 * plain[:, 0]], axis=1))
