"""Catalogue photos: a cut-out set down on a shop's white table, 400 x 400 pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.render.camera import Pose
from demo.render.light import Light
from demo.render.model import Cutout, Model, cut_out
from demo.render.palette import Colourway
from demo.render.spec import rng_for

__all__ = ["SIZE", "VIEWS", "colourway_photos", "set_down"]

Photo = NDArray[np.uint8]

SIZE = 400
_SUPER = 2
VIEWS = ("right", "left", "three_quarter")
"""The lateral side, toe to the right; the medial side, toe to the left; the front corner from above."""


@dataclass(frozen=True)
class _Table:
    """How one photo was set up."""

    roll: float
    zoom: float
    aside: tuple[float, float]
    white: float


def _pose(view: str, rng: np.random.Generator) -> Pose:
    if view == "three_quarter":
        return Pose(float(rng.uniform(30, 42)), float(rng.uniform(13, 20)))
    low, high = (1.5, 6.0) if view == "right" else (-5.0, -1.0)
    return Pose(float(rng.uniform(low, high)), float(rng.uniform(5, 9)))


def colourway_photos(model: Model, colourways: list[Colourway], seed: int) -> dict[tuple[str, str], Photo]:
    """Every view of every colourway, by (colourway name, view); each (400, 400, 3) RGB."""
    photos: dict[tuple[str, str], Photo] = {}
    spec = model.spec
    painted = {
        (way.name, medial): model.side(medial).paint(way.roles) for way in colourways for medial in (False, True)
    }
    for view in VIEWS:
        medial = view == "left"
        shape = model.shape(_pose(view, rng_for(seed, spec.brand.name, spec.name, view)), medial)
        for colourway in colourways:
            rng = rng_for(seed, spec.brand.name, spec.name, colourway.name, view)
            light = _light(rng, -1.0 if medial else 1.0)
            cutout = cut_out(shape, painted[colourway.name, medial], colourway, light, spec.width)
            photos[colourway.name, view] = _photograph(cutout.mirrored() if medial else cutout, rng)
    return photos


def _light(rng: np.random.Generator, hand: float) -> Light:
    """A studio's light from above and, on the finished photo, from the left, never twice quite the same."""
    return Light(
        x=hand * float(rng.uniform(-0.55, -0.15)),
        y=float(rng.uniform(-0.95, -0.70)),
        z=float(rng.uniform(0.50, 0.72)),
        ambient=float(rng.uniform(0.54, 0.60)),
        diffuse=float(rng.uniform(0.50, 0.56)),
        gloss=float(rng.uniform(0.06, 0.13)),
        warmth=float(rng.uniform(-0.3, 0.3)),
    )


def _photograph(cutout: Cutout, rng: np.random.Generator) -> Photo:
    table = _Table(
        float(rng.uniform(-1.6, 1.6)),
        float(rng.uniform(0.95, 1.03)),
        (float(rng.uniform(-14, 14)), float(rng.uniform(-14, 14))),
        float(rng.uniform(248, 254)),
    )
    side = SIZE * _SUPER
    fit = min(0.86 * side / cutout.rgba.shape[1], 0.80 * side / cutout.rgba.shape[0], 1.06) * table.zoom
    turn = _placement(cutout, fit, table.roll, (side / 2 + table.aside[0], side * 0.52 + table.aside[1]))
    floor = np.linspace(table.white, table.white - 5, side, dtype=np.float32)[:, None, None]
    canvas = np.empty((side, side, 3), np.float32)
    canvas[:] = floor
    set_down(canvas, cutout, turn, dark=0.50)
    small = cv2.resize(canvas, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    return np.clip(np.round(small), 0, 255).astype(np.uint8)


def _placement(cutout: Cutout, scale: float, roll: float, centre: tuple[float, float]) -> NDArray[np.float64]:
    """(3, 3): the cut-out's screen to the photo, its middle at `centre`, turned by `roll` degrees."""
    height, width = cutout.rgba.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), roll, scale)
    turn[:, 2] += (centre[0] - width / 2, centre[1] - height / 2)
    return np.vstack([turn, [0.0, 0.0, 1.0]])


def set_down(canvas: NDArray[np.float32], cutout: Cutout, transform: NDArray[np.float64], dark: float) -> None:
    """Put shadow and shoe on the canvas in place; `transform` is a (3, 3) homography from the cut-out's screen."""
    _shadow(canvas, cv2.perspectiveTransform(cutout.shadow[None], transform)[0], dark)
    height, width = cutout.rgba.shape[:2]
    corners = np.array([[(0, 0), (width, 0), (width, height), (0, height)]], np.float64)
    at = cv2.perspectiveTransform(corners, transform)[0]
    left, top = np.maximum(np.floor(at.min(axis=0)), 0).astype(int)
    right, bottom = np.minimum(np.ceil(at.max(axis=0)), (canvas.shape[1], canvas.shape[0])).astype(int)
    moved = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], np.float64) @ transform
    shoe = cv2.warpPerspective(cutout.rgba, moved, (int(right - left), int(bottom - top)), flags=cv2.INTER_LINEAR)
    region = canvas[top:bottom, left:right]
    region += (shoe[..., :3] - region) * shoe[..., 3:]


def _shadow(canvas: NDArray[np.float32], outline: NDArray[np.float64], dark: float) -> None:
    """Tight and dark under the sole, wide and faint around it; drawn small, since it is soft anyway."""
    height, width = canvas.shape[0] // 4, canvas.shape[1] // 4
    spot = np.zeros((height, width), np.float32)
    cv2.fillPoly(spot, [np.round(outline * 4).astype(np.int32)], 1.0, cv2.LINE_8, 4)
    near, far = (cv2.GaussianBlur(spot, (0, 0), sigma * width / 200) for sigma in (1.1, 4.3))
    light = 1 - dark * np.minimum(0.62 * near + 0.50 * far, 1)
    full = cv2.resize(light, (canvas.shape[1], canvas.shape[0]), interpolation=cv2.INTER_LINEAR)
    dim = np.flatnonzero(full.min(axis=1) < 0.9995)
    if len(dim):
        rows = slice(int(dim[0]), int(dim[-1]) + 1)
        canvas[rows] *= full[rows, :, None]
