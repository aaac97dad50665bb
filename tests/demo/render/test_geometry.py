"""Curves and camera against what a ruler says."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from demo.render.camera import Pose, look
from demo.render.curves import dashes, ellipse, normals, offset, resample, smooth_closed, spline, stroke
from demo.render.layers import HEIGHT, WIDTH, Drawing
from demo.render.solid import Solid

SQUARE = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])


def test_a_spline_goes_through_its_knots():
    knots = [(0.0, 0.0), (0.3, 0.5), (0.9, 0.1), (1.0, 0.4)]
    curve = spline(knots, per_span=10)
    assert len(curve) == 31
    np.testing.assert_allclose(curve[::10], knots, atol=1e-12)


def test_resampled_points_are_equally_far_apart():
    even = resample(np.array([(0.0, 0.0), (0.7, 0.0), (0.7, 0.3)]), 0.1)
    np.testing.assert_allclose(np.hypot(*np.diff(even, axis=0).T)[:5], 1.0 / 9, atol=1e-9)


def test_smoothing_rounds_corners_and_keeps_the_middle():
    smooth = smooth_closed(SQUARE, 0.02)
    np.testing.assert_allclose(smooth.mean(axis=0), (0.5, 0.5), atol=1e-3)
    assert np.hypot(*(smooth - SQUARE[0]).T).min() > 0.005
    assert np.abs(smooth - (0.5, 0.0)).sum(axis=1).min() < 0.005


def test_left_of_east_is_north():
    east = np.array([(0.0, 0.0), (0.5, 0.0), (1.0, 0.0)])
    np.testing.assert_allclose(normals(east), [(0, 1)] * 3)
    np.testing.assert_allclose(offset(east, 0.2)[:, 1], 0.2)
    np.testing.assert_allclose(np.abs(stroke(east, 0.1)[:, 1]), 0.05)


def test_stitches_have_gaps():
    pieces = dashes(np.array([(0.0, 0.0), (1.0, 0.0)]), 0.06, 0.04)
    assert len(pieces) in (9, 10)
    assert all(b[0, 0] > a[-1, 0] for a, b in pairwise(pieces))


def test_an_ellipse_has_its_radii():
    points = ellipse(1.0, 2.0, 0.5, 0.25, n=400)
    np.testing.assert_allclose(np.ptp(points, axis=0), (1.0, 0.5), atol=1e-3)


def test_later_coats_cover_earlier_ones():
    drawing = Drawing()
    drawing.coat("base", drawing.mask(SQUARE * 0.5))
    drawing.coat("mark", drawing.mask(SQUARE * 0.2 + 0.1), alpha=0.5)
    painted = drawing.paint({"base": (200, 100, 0), "mark": (0, 100, 200)})
    assert painted.shape == (HEIGHT, WIDTH, 3)
    np.testing.assert_allclose(np.unique(painted.reshape(-1, 3).round(3), axis=0)[0], (100, 100, 100), atol=1)


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
