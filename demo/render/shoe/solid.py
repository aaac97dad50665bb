"""From a side elevation to a solid: half widths everywhere on the drawing, and what a camera sees of it.

The shoe is taken as symmetric about its long axis, so that one number a drawing pixel, the half width w(x, y),
is the whole body. It is seen slice by slice: the slice at depth z shows where w >= |z| and, at the collar, where
the hollow ends.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.render.shoe.layers import HEIGHT, SCALE, WIDTH, Drawing, Field, Mask, to_pixels
from demo.render.shoe.outline import Frame
from demo.render.shoe.soles import sole_outline

__all__ = ["Solid", "build_solid", "footprint"]


@dataclass(frozen=True)
class Solid:
    """Half widths in drawing pixels, (HEIGHT, WIDTH), of outside and hollow; and where to sample paint."""

    outside: Field
    hollow: Field
    core: Mask
    """1 where the drawing is safely within the outline, two pixels or more."""
    nearest: Field
    """(HEIGHT, WIDTH, 2): the closest pixel (x, y) of the core."""


def footprint(x: NDArray[np.float64] | Field, width: float) -> Field:
    """Half the width of the last at each x, before the ends are rounded off: heel, waist and ball."""
    knots = ([-0.1, 0.10, 0.30, 0.48, 0.72, 0.86, 1.1], [0.124, 0.128, 0.114, 0.118, 0.156, 0.146, 0.132])
    fine = np.linspace(-0.1, 1.1, 241)
    return np.asarray(np.interp(x, fine, _soften(np.interp(fine, *knots), 8.0)) * width, np.float32)


def _soften(curve: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """Without kinks: a kink in a profile would show as a vertical line in the light."""
    return np.asarray(cv2.GaussianBlur(curve[None, :], (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)[0], np.float64)


def _ends(mask: Mask, heel: float, toe: float) -> Field:
    """Rounds every row off towards its first and last pixel: 0 there, 1 further in than `heel` or `toe`."""
    inside = mask > 127
    columns = np.arange(WIDTH)[None, :]
    first = np.where(inside.any(axis=1), inside.argmax(axis=1), WIDTH)[:, None]
    last = np.where(inside.any(axis=1), WIDTH - 1 - inside[:, ::-1].argmax(axis=1), 0)[:, None]
    back = np.clip((columns - first + 0.5) / (heel * SCALE), 0.0, 1.0)
    front = np.clip((last - columns + 0.5) / (toe * SCALE), 0.0, 1.0)
    rounded = np.sqrt(1 - (1 - back) ** 2.4) * np.sqrt(1 - (1 - front) ** 2.4)
    return np.asarray(rounded * inside, np.float32)


def _section(frame: Frame, x: Field, y: Field) -> Field:
    """The upper's share of the sole's width: open at the collar, flat at the throat, domed at the toe."""
    s = frame.spec
    seam = np.interp(x[0], frame.sole_top[:, 0], frame.sole_top[:, 1])
    top = np.interp(x[0], frame.top[:, 0], frame.top[:, 1])
    top = np.where(x[0] > s.vamp_x - 0.05, _soften(top, 12.0), top)
    t = np.clip((y - seam) / np.maximum(top - seam, 0.02), 0.0, 1.0)
    crown = np.interp(x[0], [s.collar_x - 0.06, s.collar_x + 0.08, s.vamp_x, s.vamp_x + 0.12], [0.60, 0.50, 0.34, 0.0])
    crown = _soften(crown, 36.0)
    return np.asarray(np.sqrt(1 - (1 - crown**2) * t**2.6), np.float32)


def build_solid(frame: Frame) -> Solid:
    """The half widths of a model."""
    s, drawing = frame.spec, Drawing()
    zero = to_pixels(np.zeros((1, 2)))[0]
    row, column = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    x, y = ((column - zero[0]) / SCALE).astype(np.float32), ((zero[1] - row) / SCALE).astype(np.float32)
    plan = footprint(x, s.width) * SCALE
    upper_mask, tongue_mask = drawing.mask(frame.upper), drawing.mask(frame.tongue)
    sole_mask = drawing.mask(sole_outline(frame))
    upper = plan * 0.96 * _ends(upper_mask, 0.16, 0.20) * _section(frame, x, y)
    tongue = np.where(tongue_mask > 127, np.float32(0.052 * SCALE * s.width), 0)
    tongue *= np.sqrt(np.clip(cv2.distanceTransform(tongue_mask, cv2.DIST_L2, 5) / 9, 0, 1))
    sole = plan * 1.02 * _ends(sole_mask, 0.17, 0.26)
    outside = np.maximum(np.maximum(upper, tongue.astype(np.float32)), sole)
    floor = s.heel_sole + 0.05
    front = np.clip((s.collar_x - 0.012 - x) / 0.07, 0, 1)
    hollow = np.clip(upper - 0.026 * SCALE, 0, None) * np.sqrt(1 - (1 - front) ** 2)
    hollow = np.where(y > floor, hollow, 0)
    smooth = np.where(outside > 0, cv2.GaussianBlur(outside.astype(np.float32), (0, 0), 0.8), 0).astype(np.float32)
    core = np.asarray(cv2.erode((smooth > 1).astype(np.uint8), np.ones((5, 5), np.uint8)), np.uint8)
    _, labels = cv2.distanceTransformWithLabels(1 - core, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    rows, columns = np.nonzero(core)
    nearest = np.zeros((labels.max() + 1, 2), np.float32)
    nearest[labels[rows, columns]] = np.stack([columns, rows], axis=1)
    return Solid(smooth, hollow.astype(np.float32), core, nearest[labels])
