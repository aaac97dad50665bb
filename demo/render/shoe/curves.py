"""Smooth curves in shoe space: x runs from heel (0) to toe (1), y is the height above the ground, in shoe lengths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Points", "dashes", "ellipse", "normals", "offset", "resample", "smooth_closed", "spline", "stroke"]

Points = NDArray[np.float64]
"""A polyline or polygon of shape (n, 2)."""


def spline(knots: Iterable[Sequence[float]], per_span: int = 14) -> Points:
    """A Catmull-Rom curve through `knots` ((n, 2), n >= 2), `per_span` points a span."""
    p = np.asarray(list(knots), dtype=np.float64)
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    t = np.linspace(0.0, 1.0, per_span, endpoint=False)[:, None]
    a, b, c, d = p[:-3, None], p[1:-2, None], p[2:-1, None], p[3:, None]
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.vstack([curve.reshape(-1, 2), p[-2]])


def resample(curve: Points, step: float, closed: bool = False) -> Points:
    """The same polyline with points at equal distances of about `step`."""
    points = np.vstack([curve, curve[:1]]) if closed else curve
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    count = max(int(np.ceil(along[-1] / step)), 2)
    at = np.linspace(0.0, along[-1], count, endpoint=not closed)
    return np.stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])], axis=1)


def smooth_closed(polygon: Points, sigma: float, step: float = 0.004) -> Points:
    """The polygon with its corners rounded: a circular Gaussian of `sigma` along the outline."""
    points = resample(polygon, step, closed=True)
    reach = max(int(3 * sigma / step), 1)
    weight = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / sigma) ** 2)
    padded = np.vstack([points[-reach:], points, points[:reach]])
    columns = [np.convolve(padded[:, axis], weight / weight.sum(), mode="valid") for axis in (0, 1)]
    return np.stack(columns, axis=1)


def normals(curve: Points) -> Points:
    """Unit vectors to the left of the direction of travel, one a point."""
    tangent = np.gradient(curve, axis=0)
    tangent /= np.maximum(np.hypot(tangent[:, 0], tangent[:, 1]), 1e-9)[:, None]
    return np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)


def offset(curve: Points, distance: float) -> Points:
    """The curve moved by `distance` to its left."""
    return curve + distance * normals(curve)


def stroke(curve: Points, width: float, taper: float = 1.0) -> Points:
    """A polygon along the curve; its half width runs from `width` / 2 to `taper` times that at the far end."""
    half = 0.5 * width * np.linspace(1.0, taper, len(curve))[:, None]
    side = normals(curve) * half
    return np.vstack([curve + side, (curve - side)[::-1]])


def dashes(curve: Points, dash: float, gap: float) -> list[Points]:
    """The stitches of a seam: short pieces of the curve, `dash` long and `gap` apart."""
    fine = resample(curve, dash / 3)
    pitch = max(round(3 * (dash + gap) / dash), 4)
    return [fine[start : start + 4] for start in range(0, len(fine) - 4, pitch)]


def ellipse(cx: float, cy: float, rx: float, ry: float, *, angle: float = 0.0, n: int = 48) -> Points:
    """An ellipse turned by `angle` radians."""
    t = np.linspace(0.0, 2 * np.pi, n, endpoint=False)
    x, y = rx * np.cos(t), ry * np.sin(t)
    return np.stack([cx + x * np.cos(angle) - y * np.sin(angle), cy + x * np.sin(angle) + y * np.cos(angle)], axis=1)
