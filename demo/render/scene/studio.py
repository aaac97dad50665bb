"""Catalogue photos: a cut-out set down on a shop's white table, 400 x 400 pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.render.scene.camera import Pose, look
from demo.render.scene.cutout import Cutout, cut_out, set_down
from demo.render.scene.light import Light, shape_of
from demo.render.seeded import rng_for
from demo.render.shoe.palette import Colourway
from demo.render.shoe.shoe import Shoe

__all__ = ["SIZE", "VIEWS", "colourway_photos"]

Photo = NDArray[np.uint8]

SIZE = 400
SUPERSAMPLING = 2
VIEWS = ("right", "left", "three_quarter")
"""The lateral side, toe to the right; the medial side, toe to the left; the front corner from above."""
ANGLES = {"right": ((1.5, 6.0), (5, 9)), "left": ((-5.0, -1.0), (5, 9)), "three_quarter": ((30, 42), (13, 20))}
"""A view's yaw and pitch in degrees, from and to."""


def colourway_photos(shoe: Shoe, colourways: list[Colourway], seed: int) -> dict[tuple[str, str], Photo]:
    """Every view of every colourway, by (colourway name, view); each (400, 400, 3) RGB."""
    photos: dict[tuple[str, str], Photo] = {}
    spec = shoe.spec
    painted = {(way.name, medial): shoe.side(medial).paint(way.roles) for way in colourways for medial in (False, True)}
    for view in VIEWS:
        medial = view == "left"
        rng = rng_for(seed, spec.brand.name, spec.name, view)
        pose = Pose(*(float(rng.uniform(*bounds)) for bounds in ANGLES[view]))
        shape = shape_of(shoe.solid, shoe.side(medial).relief, look(shoe.solid, pose))
        for colourway in colourways:
            rng = rng_for(seed, spec.brand.name, spec.name, colourway.name, view)
            # from above and, on the finished photo, from the left; never twice quite the same
            light = Light(
                x=(-1.0 if medial else 1.0) * float(rng.uniform(-0.55, -0.15)),
                y=float(rng.uniform(-0.95, -0.70)),
                z=float(rng.uniform(0.50, 0.72)),
                ambient=float(rng.uniform(0.54, 0.60)),
                diffuse=float(rng.uniform(0.50, 0.56)),
                gloss=float(rng.uniform(0.06, 0.13)),
                warmth=float(rng.uniform(-0.3, 0.3)),
            )
            cutout = cut_out(shape, painted[colourway.name, medial], colourway, light, spec.width)
            photos[colourway.name, view] = _photograph(cutout.mirrored() if medial else cutout, rng)
    return photos


def _photograph(cutout: Cutout, rng: np.random.Generator) -> Photo:
    """The cut-out near the middle of the table, turned a little."""
    roll, zoom = float(rng.uniform(-1.6, 1.6)), float(rng.uniform(0.95, 1.03))
    aside = (float(rng.uniform(-14, 14)), float(rng.uniform(-14, 14)))
    white = float(rng.uniform(248, 254))
    side = SIZE * SUPERSAMPLING
    height, width = cutout.rgba.shape[:2]
    fit = min(0.86 * side / width, 0.80 * side / height, 1.06) * zoom
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), roll, fit)
    turn[:, 2] += (side / 2 + aside[0] - width / 2, side * 0.52 + aside[1] - height / 2)
    canvas = np.empty((side, side, 3), np.float32)
    canvas[:] = np.linspace(white, white - 5, side, dtype=np.float32)[:, None, None]
    set_down(canvas, cutout, np.vstack([turn, [0.0, 0.0, 1.0]]), dark=0.50)
    small = cv2.resize(canvas, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    return np.clip(np.round(small), 0, 255).astype(np.uint8)
