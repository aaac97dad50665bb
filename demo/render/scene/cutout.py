"""A lit shoe cut out of its background, and how it is put on another one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.render.scene.light import Light, Shape, shade
from demo.render.shoe.layers import SCALE, Field
from demo.render.shoe.palette import Colourway
from demo.render.shoe.solid import footprint

__all__ = ["Cutout", "cut_out", "set_down"]


@dataclass(frozen=True)
class Cutout:
    """A lit shoe without background, on its own small screen."""

    rgba: Field
    """(H, W, 4): RGB 0 to 255, alpha 0 to 1."""
    shadow: NDArray[np.float64]
    """(n, 2): the sole's outline on the ground, in pixels of the screen."""

    def mirrored(self) -> Cutout:
        """Toe to the other side."""
        flipped = self.shadow.copy()
        flipped[:, 0] = self.rgba.shape[1] - 1 - flipped[:, 0]
        return Cutout(np.ascontiguousarray(self.rgba[:, ::-1]), flipped)


def cut_out(shape: Shape, painted: Field, colourway: Colourway, light: Light, width: float) -> Cutout:
    """Light a painted side; its shadow is that of a sole `width` times as wide as the usual one."""
    t = np.linspace(0, np.pi, 60)
    x = 0.5 - 0.475 * np.cos(t)
    half = footprint(x, width).astype(np.float64) * np.sqrt(np.clip(np.sin(t), 0, 1)) * 0.97
    shadow = shape.seen.ground(np.concatenate([x, x[::-1]]), np.concatenate([half, -half[::-1]]) * SCALE)
    return Cutout(shade(shape, painted, colourway.roles["lining"], light), shadow)


def set_down(canvas: Field, cutout: Cutout, transform: NDArray[np.float64], dark: float) -> None:
    """Put shadow and shoe on the canvas in place; `transform` is a (3, 3) homography from the cut-out's screen."""
    # tight and dark under the sole, wide and faint around it; drawn small, since it is soft anyway
    outline = cv2.perspectiveTransform(cutout.shadow[None], transform)[0]
    spot = np.zeros((canvas.shape[0] // 4, canvas.shape[1] // 4), np.float32)
    cv2.fillPoly(spot, [np.round(outline * 4).astype(np.int32)], 1.0, cv2.LINE_8, 4)
    near, far = (cv2.GaussianBlur(spot, (0, 0), sigma * spot.shape[1] / 200) for sigma in (1.1, 4.3))
    light = 1 - dark * np.minimum(0.62 * near + 0.50 * far, 1)
    full = cv2.resize(light, (canvas.shape[1], canvas.shape[0]), interpolation=cv2.INTER_LINEAR)
    dim = np.flatnonzero(full.min(axis=1) < 0.9995)
    if len(dim):
        rows = slice(int(dim[0]), int(dim[-1]) + 1)
        canvas[rows] *= full[rows, :, None]

    height, width = cutout.rgba.shape[:2]
    corners = np.array([[(0, 0), (width, 0), (width, height), (0, height)]], np.float64)
    at = cv2.perspectiveTransform(corners, transform)[0]
    left, top = np.maximum(np.floor(at.min(axis=0)), 0).astype(int)
    right, bottom = np.minimum(np.ceil(at.max(axis=0)), (canvas.shape[1], canvas.shape[0])).astype(int)
    moved = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], np.float64) @ transform
    shoe = cv2.warpPerspective(cutout.rgba, moved, (int(right - left), int(bottom - top)), flags=cv2.INTER_LINEAR)
    region = canvas[top:bottom, left:right]
    region += (shoe[..., :3] - region) * shoe[..., 3:]
