"""Query photos: the same sneakers as a person with a phone takes them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.render.scene.backgrounds import background
from demo.render.scene.camera import Pose, look
from demo.render.scene.cutout import Cutout, cut_out, set_down
from demo.render.scene.light import Light, shape_of
from demo.render.shoe.layers import Field
from demo.render.shoe.palette import Colourway
from demo.render.shoe.shoe import Shoe

__all__ = ["query_photo"]

SIZES = ((900, 1200), (1200, 900), (1080, 1080))
PLACES = ("wood", "carpet", "tiles", "asphalt", "room")


def query_photo(shoe: Shoe, colourway: Colourway, number: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """One phone photo, RGB; `number` turns through sizes and backgrounds so that few photos show many of them."""
    medial = bool(rng.random() < 0.3)
    pose = Pose(float(rng.uniform(-24, 46)), float(rng.uniform(16, 34)))
    light = Light(float(rng.uniform(-0.9, 0.9)), -0.8, 0.6, 0.50, 0.60, 0.12, float(rng.uniform(-0.6, 1.4)))
    side = shoe.side(medial)
    shape = shape_of(shoe.solid, side.relief, look(shoe.solid, pose))
    cutout = cut_out(shape, side.paint(colourway.roles), colourway, light, shoe.spec.width)
    cutout = cutout.mirrored() if medial else cutout
    size = SIZES[number % len(SIZES)]
    canvas = background(PLACES[number % len(PLACES)], size, rng)
    set_down(canvas, cutout, _handheld(cutout, size, rng), dark=0.72)
    return _expose(canvas, light.warmth, rng)


def _handheld(cutout: Cutout, size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    """A homography that turns, shifts and tilts the shoe, off the middle but within the frame."""
    height, width = cutout.rgba.shape[:2]
    roll = float(rng.uniform(-14, 14))
    span = width * np.cos(np.radians(roll)) + height * abs(np.sin(np.radians(roll)))
    scale = float(rng.uniform(0.66, 0.84)) * size[0] / span
    room = (0.5 * (size[0] - scale * span) * 0.8, 0.09 * size[1])
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), roll, scale)
    turn[:, 2] += (size[0] / 2 - width / 2, 0.56 * size[1] - height / 2)
    turn[:, 2] += rng.uniform(-1, 1, 2) * room
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    flat = corners @ turn[:, :2].T + turn[:, 2]
    tilted = flat + rng.uniform(-0.04, 0.04, (4, 2)) * scale * width
    return np.asarray(cv2.getPerspectiveTransform(corners.astype(np.float32), tilted.astype(np.float32)), np.float64)


def _expose(canvas: Field, warmth: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Uneven light, a colour cast, blur and the sensor's noise."""
    height, width = canvas.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    fall = 1 + rng.uniform(0.10, 0.24) * (x * np.cos(angle) + y * np.sin(angle)) - 0.10 * (x**2 + y**2)
    canvas = canvas * fall[..., None].astype(np.float32) * np.float32(rng.uniform(0.82, 1.04))
    canvas *= np.array([1 + 0.05 * warmth, 1.0, 1 - 0.07 * warmth], np.float32)
    blurred = np.asarray(cv2.GaussianBlur(canvas, (0, 0), float(rng.uniform(0.7, 1.8))), np.float32)
    blurred += rng.normal(0, rng.uniform(2.0, 5.0), canvas.shape).astype(np.float32)
    return np.clip(np.round(blurred), 0, 255).astype(np.uint8)
