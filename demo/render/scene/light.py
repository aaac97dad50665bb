"""Light on the solid: from what a pose shows, and a painted side, to a picture with transparency."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from demo.render.scene.camera import Seen
from demo.render.shoe.layers import Field
from demo.render.shoe.solid import Solid

__all__ = ["Light", "Shape", "shade", "shape_of"]


@dataclass(frozen=True)
class Light:
    """Where the light comes from, in shoe axes (towards the toe, down, towards the camera), and how hard it is."""

    x: float
    y: float
    z: float
    ambient: float
    diffuse: float
    gloss: float
    warmth: float
    """Above 0 warmer, below 0 cooler."""


@dataclass(frozen=True)
class Shape:
    """The normals of what is seen, shared by every colourway of a model; (H, W) each."""

    seen: Seen
    nx: Field
    ny: Field
    nz: Field
    alpha: Field


def shape_of(solid: Solid, relief: Field, seen: Seen) -> Shape:
    """Normals of z^2 = w(x, y)^2, which stay finite where the body closes, plus the relief of panels and fabric."""
    half = cv2.GaussianBlur(0.5 * solid.outside**2, (0, 0), 1.6)
    slope_x, slope_y = (cv2.Sobel(half, cv2.CV_32F, *d, ksize=3, scale=0.125) for d in ((1, 0), (0, 1)))
    bump_x, bump_y = (cv2.Sobel(relief, cv2.CV_32F, *d, ksize=3, scale=0.125) for d in ((1, 0), (0, 1)))
    at = cv2.remap(np.dstack([slope_x, slope_y, bump_x, bump_y]), seen.x, seen.y, cv2.INTER_LINEAR)
    z = np.nan_to_num(seen.z)
    length = np.sqrt(at[..., 0] ** 2 + at[..., 1] ** 2 + z**2) + 1e-3
    nx, ny, nz = -at[..., 0] / length, -at[..., 1] / length, z / length
    nx, ny = nx - 0.42 * at[..., 2], ny - 0.42 * at[..., 3]
    nx, ny, nz = (np.where(seen.inner, flat, n) for n, flat in ((nx, 0.2), (ny, -0.2), (nz, 0.4)))
    norm = np.sqrt(nx**2 + ny**2 + nz**2) + 1e-6
    alpha = (~np.isnan(seen.z)).astype(np.float32)
    nx, ny, nz = ((n / norm).astype(np.float32) for n in (nx, ny, nz))
    return Shape(seen, nx, ny, nz, np.asarray(cv2.GaussianBlur(alpha, (0, 0), 0.7), np.float32))


def shade(shape: Shape, painted: Field, lining: tuple[int, int, int], light: Light) -> Field:
    """The lit shoe, (H, W, 4): RGB 0 to 255 and alpha 0 to 1, on the screen of the pose."""
    seen = shape.seen
    colour = cv2.remap(painted, seen.x, seen.y, cv2.INTER_LINEAR)
    deep = np.clip(1.0 - 0.012 * np.abs(np.nan_to_num(seen.z)), 0.45, 1.0) * 0.62
    colour[seen.inner] = np.asarray(lining, np.float32) * deep[seen.inner][:, None]
    to = _unit(light.x, light.y, light.z)
    half = _unit(to[0], to[1] - 0.1, to[2] + 1.0)
    facing = _dot(shape, to)
    glint = np.maximum(_dot(shape, half), 0) ** 24
    bright = light.ambient + light.diffuse * np.clip(facing, -0.25, 1) - 0.07 * shape.ny
    tint = (1 + 0.06 * light.warmth, 1.0, 1 - 0.08 * light.warmth)
    shine = 255 * light.gloss * glint
    lit = [
        np.clip((plane * bright + shine) * warm, 0, 255) for plane, warm in zip(cv2.split(colour), tint, strict=True)
    ]
    return np.asarray(cv2.merge([*lit, shape.alpha]), np.float32)


def _unit(x: float, y: float, z: float) -> tuple[float, float, float]:
    length = float(np.sqrt(x * x + y * y + z * z))
    return x / length, y / length, z / length


def _dot(shape: Shape, to: tuple[float, float, float]) -> Field:
    return np.asarray(shape.nx * to[0] + shape.ny * to[1] + shape.nz * to[2], np.float32)
