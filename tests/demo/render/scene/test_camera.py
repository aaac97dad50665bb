"""The camera against what a ruler says."""

from __future__ import annotations

import numpy as np
import pytest

from demo.render.scene.camera import Pose, look
from demo.render.shoe.layers import HEIGHT, WIDTH
from demo.render.shoe.solid import Solid


def box(half: float, hole: float = 0.0) -> Solid:
    """A block 200 pixels long, 100 high and 2 x `half` deep."""
    outside = np.zeros((HEIGHT, WIDTH), np.float32)
    outside[200:300, 300:500] = half
    core = (outside > 0).astype(np.uint8)
    nearest = np.stack(np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT)), axis=2).astype(np.float32)
    return Solid(outside, np.where(outside > 0, np.float32(hole), 0).astype(np.float32), core, nearest)


@pytest.mark.parametrize(("yaw", "pitch"), [(0, 0), (30, 0), (0, 30), (35, 20), (-25, 15)])
def test_the_silhouette_of_a_block_is_that_of_its_projection(yaw, pitch):
    """Width l cos(yaw) + d |sin(yaw)|; height h cos(pitch) + (l |sin(yaw)| + d cos(yaw)) sin(pitch)."""
    seen = look(box(40.0), Pose(yaw, pitch))
    rows, columns = np.nonzero(~np.isnan(seen.z))
    y, p = np.radians(yaw), np.radians(pitch)
    width = 200 * np.cos(y) + 80 * abs(np.sin(y))
    height = 100 * np.cos(p) + (200 * abs(np.sin(y)) + 80 * np.cos(y)) * np.sin(p)
    assert np.ptp(columns) + 1 == pytest.approx(width, abs=4)
    assert np.ptp(rows) + 1 == pytest.approx(height, abs=4)


def test_from_the_side_the_near_face_is_seen_undistorted():
    seen = look(box(40.0), Pose(0, 0))
    assert np.nanmin(seen.z) == pytest.approx(40, abs=1.5)
    visible = ~np.isnan(seen.z)
    assert seen.x[visible].min() == pytest.approx(300, abs=1)
    assert seen.x[visible].max() == pytest.approx(499, abs=1)


def test_a_hollow_shows_its_inside_from_above():
    assert not look(box(40.0), Pose(0, 30)).inner.any()
    assert look(box(40.0, hole=30.0), Pose(0, 30)).inner.any()
