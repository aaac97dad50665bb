"""A drawn shoe on a busy ground, with the box that it was drawn in."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.render.scene.backgrounds import background
from demo.render.scene.camera import Pose, look
from demo.render.scene.cutout import cut_out, set_down
from demo.render.scene.light import Light, shape_of
from demo.render.shoe.invented_brands import BRANDS
from demo.render.shoe.palette import pick_colourways
from demo.render.shoe.shoe import draw_shoe
from demo.render.shoe.shoe_spec import sample_spec

__all__ = ["shoe_on"]


def shoe_on(
    place: str, *, size: tuple[int, int] = (480, 360), width: int = 240, left: int = 100, top: int = 140, brand: int = 0
) -> tuple[NDArray[np.uint8], tuple[int, int, int, int]]:
    """The photo, RGB, and left, top, right, bottom of the shoe in it, by its mask.

    Args:
        place: one of `demo.render.scene.backgrounds`.
        size: width and height of the photo.
        width: of the shoe, in pixels.
        left: where it begins.
        top: likewise.
        brand: number of an invented brand, for another shoe.
    """
    spec = sample_spec(BRANDS[brand], 0, seed=7)
    colourway = pick_colourways(spec, 1, 7)[0]
    shoe = draw_shoe(spec)
    side = shoe.side(False)
    light = Light(0.3, -0.8, 0.6, 0.5, 0.6, 0.12, 0.4)
    shape = shape_of(shoe.solid, side.relief, look(shoe.solid, Pose(15.0, 20.0)))
    cutout = cut_out(shape, side.paint(colourway.roles), colourway, light, spec.width)
    rows, columns = (np.flatnonzero((cutout.rgba[..., 3] > 0.5).any(axis=axis)) for axis in (1, 0))
    scale = width / (columns[-1] + 1 - columns[0])
    move = np.array([[scale, 0, left - scale * columns[0]], [0, scale, top - scale * rows[0]], [0, 0, 1]])
    canvas = background(place, size, np.random.default_rng(5))
    set_down(canvas, cutout, move, dark=0.7)
    photo = np.clip(cv2.GaussianBlur(canvas, (0, 0), 0.7), 0, 255).astype(np.uint8)
    height = round(scale * (rows[-1] + 1 - rows[0]))
    return photo, (left, top, left + width, top + height)
