"""An orthographic camera round the shoe: which point of the drawing, at which depth, each pixel of the photo shows."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.render.shoe.layers import HEIGHT, WIDTH, Field, to_pixels
from demo.render.shoe.solid import Solid

__all__ = ["Pose", "Seen", "look"]


@dataclass(frozen=True)
class Pose:
    """Degrees: `yaw` turns the toe towards the camera, `pitch` lifts the camera."""

    yaw: float
    pitch: float


@dataclass(frozen=True)
class Seen:
    """What a pose shows, on a screen of (H, W) pixels; z is NaN where nothing is."""

    x: Field
    y: Field
    """Drawing pixel seen."""
    z: Field
    """Depth in drawing pixels, positive on the near side."""
    inner: NDArray[np.bool_]
    """True where the inside of the collar shows."""
    affine: NDArray[np.float64]
    """(2, 3): drawing pixel at z = 0 to screen."""
    shift: tuple[float, float]
    """Screen pixels a pixel of depth."""

    def ground(self, x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Screen positions, (n, 2), of points on the ground: x in shoe lengths, z in drawing pixels."""
        flat = to_pixels(np.stack([x, np.zeros_like(x)], axis=1))
        at = flat @ self.affine[:, :2].T + self.affine[:, 2]
        return np.asarray(at + z[:, None] * np.asarray(self.shift), np.float64)


def look(solid: Solid, pose: Pose) -> Seen:
    """What the camera sees: slices are swept from back to front, a later one covers an earlier one."""
    yaw, pitch = np.radians(pose.yaw), np.radians(pose.pitch)
    turn = np.array([[np.cos(yaw), 0.0], [np.sin(yaw) * np.sin(pitch), np.cos(pitch)]])
    shift = (-float(np.sin(yaw)), float(np.cos(yaw) * np.sin(pitch)))
    reach = float(solid.outside.max())
    corners = np.array([[0, 0], [WIDTH, 0], [0, HEIGHT], [WIDTH, HEIGHT]]) @ turn.T
    margin = np.abs(shift) * np.float64(reach) + 4
    low, high = corners.min(axis=0) - margin, corners.max(axis=0) + margin
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    affine = np.hstack([turn, -low[:, None]])

    outside = cv2.warpAffine(solid.outside, affine, size)
    hollow = cv2.warpAffine(solid.hollow, affine, size)
    step = 1.5 / max(float(np.hypot(*shift)), 0.02)
    x, y, w, h = cv2.boundingRect((outside > 0).astype(np.uint8))
    body, cave = outside[y : y + h, x : x + w], hollow[y : y + h, x : x + w]
    screen = np.full((size[1], size[0]), np.nan, np.float32)
    rows, columns = body.max(axis=1), body.max(axis=0)
    for z in np.arange(-reach, reach + step, step, dtype=np.float32):
        dx, dy = x + round(float(z) * shift[0]), y + round(float(z) * shift[1])
        least = max(abs(z), np.float32(0.5))
        (top, bottom), (left, right) = _extent(rows >= least), _extent(columns >= least)
        solid_here = (body[top:bottom, left:right] >= least) & (cave[top:bottom, left:right] <= abs(z))
        np.putmask(screen[dy + top : dy + bottom, dx + left : dx + right], solid_here, z)

    # cut down to what shows, with a rim of 4 pixels
    x, y, w, h = cv2.boundingRect((~np.isnan(screen)).astype(np.uint8))
    affine[:, 2] -= (x - 4, y - 4)
    depth = np.pad(screen[y : y + h, x : x + w], 4, constant_values=np.nan)
    return _resolve(solid, affine, shift, depth, step)


def _extent(present: NDArray[np.bool_]) -> tuple[int, int]:
    """From the first true place to just behind the last; (0, 0) where there is none."""
    places = np.flatnonzero(present)
    return (int(places[0]), int(places[-1]) + 1) if len(places) else (0, 0)


def _resolve(solid: Solid, affine: NDArray[np.float64], shift: tuple[float, float], seen: Field, step: float) -> Seen:
    """From depth to drawing position, with the depth refined within its slice so that curves stay smooth."""
    rows, columns = np.mgrid[0 : seen.shape[0], 0 : seen.shape[1]].astype(np.float32)
    back = [[float(value) for value in row] for row in cv2.invertAffineTransform(affine)]

    def position(dx: Field, dy: Field) -> tuple[Field, Field]:
        u, v = columns - dx, rows - dy
        return back[0][0] * u + back[0][1] * v + back[0][2], back[1][0] * u + back[1][1] * v + back[1][2]

    depth = np.nan_to_num(seen)
    x, y = position(np.round(depth * shift[0]), np.round(depth * shift[1]))
    near = cv2.remap(solid.outside, x, y, cv2.INTER_LINEAR)
    fine = np.where(depth >= 0, np.clip(near, depth, depth + step), depth).astype(np.float32)
    x, y = position(fine * shift[0], fine * shift[1])
    wide = cv2.dilate(solid.hollow, np.ones((7, 7), np.uint8))
    cave = cv2.remap(wide, x, y, cv2.INTER_LINEAR)
    inner = (cave > np.abs(fine)) & (fine < 0.92 * near)

    # on the very rim of the drawing look further inwards, so that no unpainted pixel is ever sampled
    outer = cv2.remap(solid.core, x, y, cv2.INTER_NEAREST) == 0
    column = np.clip(np.round(x[outer]).astype(np.intp), 0, WIDTH - 1)
    row = np.clip(np.round(y[outer]).astype(np.intp), 0, HEIGHT - 1)
    x[outer], y[outer] = solid.nearest[row, column].T
    return Seen(x, y, np.where(np.isnan(seen), np.nan, fine).astype(np.float32), inner, affine, shift)
