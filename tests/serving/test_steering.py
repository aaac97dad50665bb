from __future__ import annotations

import numpy as np
import pytest

from sneakers_ml.serving.steering import steered

EAST, NORTH = np.array([1, 0], np.float32), np.array([0, 1], np.float32)
NONE = np.empty((0, 2), np.float32)


@pytest.mark.parametrize(
    ("more", "less", "expected"),
    [
        (NONE, NONE, [1, 0]),
        (np.stack([NORTH]), NONE, [0.8, 0.6]),  # 1 : 0.75 is 4 : 3
        (np.stack([NORTH, EAST]), NONE, np.array([1.375, 0.375]) / np.hypot(1.375, 0.375)),
        (NONE, np.stack([NORTH]), np.array([4, -1]) / np.sqrt(17)),
        (np.stack([NORTH]), np.stack([NORTH]), np.array([2, 1]) / np.sqrt(5)),
    ],
)
def test_a_query_moves_towards_what_is_wanted_and_away_from_what_is_not(more, less, expected):
    moved = steered(EAST, more, less)
    assert moved.dtype == np.float32
    assert moved == pytest.approx(np.asarray(expected), abs=1e-6)
