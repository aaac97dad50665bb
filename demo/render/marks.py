"""The invented side marks, as polygons in a square from -1 to 1: x towards the toe, y up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from demo.render.curves import Points, ellipse, spline, stroke

__all__ = ["MARKS", "place_mark"]


def _waves() -> list[Points]:
    def wave(drop: float, reach: float) -> Points:
        x = np.linspace(-1.15, reach, 60)
        y = 0.20 * np.sin(4.4 * x + 0.9) + 0.10 * x - drop
        return stroke(np.stack([x, y], axis=1), 0.25, 0.75)

    return [wave(-0.52, 0.80), wave(0.0, 1.05), wave(0.52, 1.30)]


def _ring() -> list[Points]:
    t = np.radians(np.linspace(62, 62 + 296, 70))
    outer = np.stack([np.cos(t), np.sin(t)], axis=1)
    return [np.vstack([outer, (0.62 * outer)[::-1]]), ellipse(0.60, 0.86, 0.24, 0.24)]


def _bolt() -> list[Points]:
    return [
        np.array([(0.55, 1.05), (-0.75, -0.05), (-0.05, 0.02), (-0.62, -1.05), (0.80, 0.28), (0.08, 0.22)], np.float64)
    ]


def _slashes() -> list[Points]:
    left = np.array([(-0.95, -0.9), (-0.55, -0.9), (0.05, 0.9), (-0.35, 0.9)], np.float64)
    right = np.array([(-0.12, -0.9), (0.28, -0.9), (0.52, -0.18), (0.12, -0.18)], np.float64)
    return [left, right, np.array([(0.22, 0.12), (0.62, 0.12), (0.88, 0.9), (0.48, 0.9)], np.float64)]


def _spark() -> list[Points]:
    t = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    star = np.stack(
        [np.sign(np.cos(t)) * np.abs(np.cos(t)) ** 2.6, np.sign(np.sin(t)) * np.abs(np.sin(t)) ** 2.6], axis=1
    )
    return [star * (0.85, 1.15), 0.34 * star + (0.74, 0.70)]


def _peaks() -> list[Points]:
    def peak(cx: float, base: float, size: float) -> Points:
        ridge = np.array([(cx - size, base), (cx, base + 1.15 * size), (cx + size, base)])
        return np.vstack([ridge, (ridge * (1, 1) - (0, 0.42 * size))[::-1]])

    return [peak(-0.42, -0.18, 0.62), peak(0.42, -0.18, 0.88), peak(0.0, -0.80, 0.55)]


def _bars() -> list[Points]:
    rows = []
    for k, (left, right) in enumerate([(-0.45, 1.05), (-0.70, 0.72), (-0.95, 0.38), (-1.15, 0.05)]):
        y = 0.72 - 0.48 * k
        rows.append(
            np.array([(left, y - 0.13), (right - 0.08, y - 0.13), (right + 0.08, y + 0.13), (left + 0.16, y + 0.13)])
        )
    return rows


def _leaves() -> list[Points]:
    def leaf(angle: float, length: float, foot: tuple[float, float]) -> Points:
        t = np.linspace(0, 1, 30)
        width = 0.21 * np.sin(np.pi * t**0.85) * length
        blade = np.vstack([np.stack([t * length, width], axis=1), np.stack([t * length, -width], axis=1)[::-1]])
        c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        return np.asarray(blade @ np.array([[c, s], [-s, c]]) + foot, np.float64)

    stem = stroke(spline([(-1.25, -0.95), (-0.5, -0.42), (0.3, -0.05), (1.25, 0.10)]), 0.14, 0.4)
    return [leaf(86, 1.15, (-0.55, -0.32)), leaf(74, 1.0, (0.28, 0.06)), leaf(-28, 1.10, (-0.28, -0.42)), stem]


def _dots() -> list[Points]:
    spots = []
    for column in range(5):
        radius = 0.085 + 0.038 * column
        x = -0.95 + 0.44 * column + 0.02 * column**2
        spots += [ellipse(x, y + 0.10 * column - 0.2, radius, radius) for y in (-0.40, 0.10, 0.60)[: 2 + column % 2]]
    return spots


def _arcs() -> list[Points]:
    def arc(radius: float) -> Points:
        t = np.radians(np.linspace(8, 128, 40))
        curve = np.stack([-0.55 + radius * np.cos(t), -0.80 + radius * np.sin(t)], axis=1)
        return stroke(curve, 0.23, 0.45)

    return [arc(0.62), arc(1.08), arc(1.54)]


MARKS: dict[str, Callable[[], list[Points]]] = {
    "waves": _waves,
    "ring": _ring,
    "bolt": _bolt,
    "slashes": _slashes,
    "spark": _spark,
    "peaks": _peaks,
    "bars": _bars,
    "leaves": _leaves,
    "dots": _dots,
    "arcs": _arcs,
}
"""One mark a brand."""


def place_mark(name: str, centre: tuple[float, float], size: float, slant: float, flip: bool = False) -> list[Points]:
    """The mark in shoe space, `size` its half height, turned by `slant` radians; `flip` mirrors it along the shoe."""
    c, s = np.cos(slant), np.sin(slant)
    turn = np.array([[c, s], [-s, c]])
    mirror = np.array([-1.0 if flip else 1.0, 1.0])
    return [np.asarray((polygon * mirror * size) @ turn + centre, np.float64) for polygon in MARKS[name]()]
