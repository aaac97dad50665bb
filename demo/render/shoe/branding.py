"""What a brand puts on its shoes: an invented side mark, and its name in small letters on the sole."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from demo.render.shoe.curves import Points, ellipse, spline, stroke
from demo.render.shoe.layers import HEIGHT, SCALE, WIDTH, Drawing, Mask, to_pixels
from demo.render.shoe.outline import Frame
from sneakers_ml.registry import Registry

__all__ = ["MARKS", "draw_word", "place_mark"]

MARKS: Registry[Callable[[], list[Points]]] = Registry("side mark")
"""One a brand, as polygons in a square from -1 to 1: x towards the toe, y up."""


def place_mark(name: str, centre: tuple[float, float], size: float, slant: float) -> list[Points]:
    """The mark in shoe space, `size` its half height, turned by `slant` radians."""
    c, s = np.cos(slant), np.sin(slant)
    turn = np.array([[c, s], [-s, c]])
    return [np.asarray((polygon * size) @ turn + centre, np.float64) for polygon in MARKS[name]()]


@lru_cache(maxsize=64)
def _letters(text: str, size: int) -> Mask:
    """White on black in the font that Pillow brings along, (h, w)."""
    font = ImageFont.load_default(size)
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("L", (int(right - left) + 4, int(bottom - top) + 4), 0)
    ImageDraw.Draw(image).text((2 - left, 2 - top), text, fill=255, font=font)
    return np.asarray(image, np.uint8)


def draw_word(drawing: Drawing, frame: Frame, medial: bool) -> None:
    """Letters on the sole beneath the heel. The medial side is seen mirrored, so its letters are written mirrored."""
    s = frame.spec
    if s.sole in ("pods", "waffle", "vulc", "chunky", "lug"):
        return
    word = _letters(s.brand.name.upper(), max(int(0.24 * s.heel_sole * SCALE), 9))
    if medial:
        word = word[:, ::-1]
    centre = to_pixels(np.array([(0.20 if medial else 0.17, 0.62 * frame.seam(0.2) + 0.004)]))[0]
    x, y = int(centre[0] - word.shape[1] / 2), int(centre[1] - word.shape[0] / 2)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[y : y + word.shape[0], x : x + word.shape[1]] = word
    slope = np.degrees(np.arctan2(frame.seam(0.3) - frame.seam(0.1), 0.2))
    turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), float(slope), 1.0)
    turned = np.asarray(cv2.warpAffine(mask, turn, (WIDTH, HEIGHT)), np.uint8)
    drawing.coat("word", turned, alpha=0.9, lift=-0.5, soft=0.8)


@MARKS.register("waves")
def _waves() -> list[Points]:
    def wave(drop: float, reach: float) -> Points:
        x = np.linspace(-1.15, reach, 60)
        y = 0.20 * np.sin(4.4 * x + 0.9) + 0.10 * x - drop
        return stroke(np.stack([x, y], axis=1), 0.25, 0.75)

    return [wave(-0.52, 0.80), wave(0.0, 1.05), wave(0.52, 1.30)]


@MARKS.register("ring")
def _ring() -> list[Points]:
    t = np.radians(np.linspace(62, 62 + 296, 70))
    outer = np.stack([np.cos(t), np.sin(t)], axis=1)
    return [np.vstack([outer, (0.62 * outer)[::-1]]), ellipse(0.60, 0.86, 0.24, 0.24)]


@MARKS.register("bolt")
def _bolt() -> list[Points]:
    return [np.array([(0.55, 1.05), (-0.75, -0.05), (-0.05, 0.02), (-0.62, -1.05), (0.80, 0.28), (0.08, 0.22)])]


@MARKS.register("slashes")
def _slashes() -> list[Points]:
    left = np.array([(-0.95, -0.9), (-0.55, -0.9), (0.05, 0.9), (-0.35, 0.9)])
    right = np.array([(-0.12, -0.9), (0.28, -0.9), (0.52, -0.18), (0.12, -0.18)])
    return [left, right, np.array([(0.22, 0.12), (0.62, 0.12), (0.88, 0.9), (0.48, 0.9)])]


@MARKS.register("spark")
def _spark() -> list[Points]:
    t = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    star = np.stack([np.sign(wave) * np.abs(wave) ** 2.6 for wave in (np.cos(t), np.sin(t))], axis=1)
    return [star * (0.85, 1.15), 0.34 * star + (0.74, 0.70)]


@MARKS.register("peaks")
def _peaks() -> list[Points]:
    def peak(cx: float, base: float, size: float) -> Points:
        ridge = np.array([(cx - size, base), (cx, base + 1.15 * size), (cx + size, base)])
        return np.vstack([ridge, (ridge - (0, 0.42 * size))[::-1]])

    return [peak(-0.42, -0.18, 0.62), peak(0.42, -0.18, 0.88), peak(0.0, -0.80, 0.55)]


@MARKS.register("bars")
def _bars() -> list[Points]:
    rows = []
    for k, (left, right) in enumerate([(-0.45, 1.05), (-0.70, 0.72), (-0.95, 0.38), (-1.15, 0.05)]):
        y = 0.72 - 0.48 * k
        low, high = y - 0.13, y + 0.13
        rows.append(np.array([(left, low), (right - 0.08, low), (right + 0.08, high), (left + 0.16, high)]))
    return rows


@MARKS.register("leaves")
def _leaves() -> list[Points]:
    def leaf(angle: float, length: float, foot: tuple[float, float]) -> Points:
        t = np.linspace(0, 1, 30)
        width = 0.21 * np.sin(np.pi * t**0.85) * length
        blade = np.vstack([np.stack([t * length, width], axis=1), np.stack([t * length, -width], axis=1)[::-1]])
        c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        return np.asarray(blade @ np.array([[c, s], [-s, c]]) + foot)

    stem = stroke(spline([(-1.25, -0.95), (-0.5, -0.42), (0.3, -0.05), (1.25, 0.10)]), 0.14, 0.4)
    return [leaf(86, 1.15, (-0.55, -0.32)), leaf(74, 1.0, (0.28, 0.06)), leaf(-28, 1.10, (-0.28, -0.42)), stem]


@MARKS.register("dots")
def _dots() -> list[Points]:
    spots = []
    for column in range(5):
        radius = 0.085 + 0.038 * column
        x = -0.95 + 0.44 * column + 0.02 * column**2
        spots += [ellipse(x, y + 0.10 * column - 0.2, radius, radius) for y in (-0.40, 0.10, 0.60)[: 2 + column % 2]]
    return spots


@MARKS.register("arcs")
def _arcs() -> list[Points]:
    def arc(radius: float) -> Points:
        t = np.radians(np.linspace(8, 128, 40))
        curve = np.stack([-0.55 + radius * np.cos(t), -0.80 + radius * np.sin(t)], axis=1)
        return stroke(curve, 0.23, 0.45)

    return [arc(0.62), arc(1.08), arc(1.54)]
