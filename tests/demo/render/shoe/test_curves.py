"""Curves against what a ruler says."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from demo.render.shoe.curves import dashes, ellipse, normals, offset, resample, smooth_closed, spline, stroke

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
