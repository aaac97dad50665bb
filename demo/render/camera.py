"""An orthographic camera round the shoe: which point of the drawing, at which depth, each pixel of the photo shows."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.render.layers import HEIGHT, WIDTH, to_pixels
from demo.render.solid import Solid

__all__ = ["Pose", "Seen", "look"]

Field = NDArray[np.float32]


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


def _frame(pose: Pose, reach: float) -> tuple[NDArray[np.float64], tuple[float, float], tuple[int, int]]:
    yaw, pitch = np.radians(pose.yaw), np.radians(pose.pitch)
    turn = np.array([[np.cos(yaw), 0.0], [np.sin(yaw) * np.sin(pitch), np.cos(pitch)]])
    shift = (-float(np.sin(yaw)), float(np.cos(yaw) * np.sin(pitch)))
    corners = np.array([[0, 0], [WIDTH, 0], [0, HEIGHT], [WIDTH, HEIGHT]]) @ turn.T
    margin = np.abs(shift) * np.float64(reach) + 4
    low, high = corners.min(axis=0) - margin, corners.max(axis=0) + margin
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    return np.hstack([turn, -low[:, None]]), shift, size


def look(solid: Solid, pose: Pose) -> Seen:
    """Sweep the slices from back to front; a later slice covers an earlier one."""
    reach = float(solid.outside.max())
    affine, shift, size = _frame(pose, reach)
    outside = cv2.warpAffine(solid.outside, affine, size)
    hollow = cv2.warpAffine(solid.hollow, affine, size)
    step = 1.5 / max(float(np.hypot(*shift)), 0.02)
    depths = np.arange(-reach, reach + step, step, dtype=np.float32)
    x, y, w, h = cv2.boundingRect((outside > 0).astype(np.uint8))
    body, cave = outside[y : y + h, x : x + w], hollow[y : y + h, x : x + w]
    seen = np.full((size[1], size[0]), np.nan, np.float32)
    rows, columns = body.max(axis=1), body.max(axis=0)
    for z in depths:
        dx, dy = x + round(float(z) * shift[0]), y + round(float(z) * shift[1])
        least = max(abs(z), np.float32(0.5))
        (top, bottom), (left, right) = _extent(rows >= least), _extent(columns >= least)
        solid_here = (body[top:bottom, left:right] >= least) & (cave[top:bottom, left:right] <= abs(z))
        np.putmask(seen[dy + top : dy + bottom, dx + left : dx + right], solid_here, z)
    seen, affine = _crop(seen, affine)
    return _resolve(solid, affine, shift, seen, step)


def _extent(present: NDArray[np.bool_]) -> tuple[int, int]:
    """From the first true place to just behind the last; (0, 0) where there is none."""
    places = np.flatnonzero(present)
    return (int(places[0]), int(places[-1]) + 1) if len(places) else (0, 0)


def _crop(seen: Field, affine: NDArray[np.float64]) -> tuple[Field, NDArray[np.float64]]:
    """The screen cut down to what shows, with a rim of 4 pixels."""
    x, y, w, h = cv2.boundingRect((~np.isnan(seen)).astype(np.uint8))
    moved = affine.copy()
    moved[:, 2] -= (x - 4, y - 4)
    framed = np.full((h + 8, w + 8), np.nan, np.float32)
    framed[4:-4, 4:-4] = seen[y : y + h, x : x + w]
    return framed, moved


def _resolve(solid: Solid, affine: NDArray[np.float64], shift: tuple[float, float], seen: Field, step: float) -> Seen:
    """From depth to drawing position, with the depth refined within its slice so that curves stay smooth."""
    rows, columns = np.mgrid[0 : seen.shape[0], 0 : seen.shape[1]].astype(np.float32)
    back = [[float(value) for value in row] for row in cv2.invertAffineTransform(affine)]

    def position(z: Field, whole: bool) -> tuple[Field, Field]:
        dx, dy = z * shift[0], z * shift[1]
        u, v = (columns - np.round(dx), rows - np.round(dy)) if whole else (columns - dx, rows - dy)
        return back[0][0] * u + back[0][1] * v + back[0][2], back[1][0] * u + back[1][1] * v + back[1][2]

    depth = np.nan_to_num(seen)
    x, y = position(depth, True)
    near = cv2.remap(solid.outside, x, y, cv2.INTER_LINEAR)
    fine = np.where(depth >= 0, np.clip(near, depth, depth + step), depth).astype(np.float32)
    x, y = position(fine, False)
    wide = cv2.dilate(solid.hollow, np.ones((7, 7), np.uint8))
    cave = cv2.remap(wide, x, y, cv2.INTER_LINEAR)
    x, y = _inwards(solid, x, y)
    inner = (cave > np.abs(fine)) & (fine < 0.92 * near)
    return Seen(x, y, np.where(np.isnan(seen), np.nan, fine).astype(np.float32), inner, affine, shift)


def _inwards(solid: Solid, x: Field, y: Field) -> tuple[Field, Field]:
    """Positions on the very rim of the drawing moved inwards, so that no unpainted pixel is ever sampled."""
    outer = cv2.remap(solid.core, x, y, cv2.INTER_NEAREST) == 0
    column = np.clip(np.round(x[outer]).astype(np.intp), 0, WIDTH - 1)
    row = np.clip(np.round(y[outer]).astype(np.intp), 0, HEIGHT - 1)
    x[outer], y[outer] = solid.nearest[row, column].T
    return x, y
