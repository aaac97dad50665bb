"""Where people photograph their sneakers: wood, carpet, tiles, asphalt, a wall and a floor. All drawn, float RGB."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from sneakers_ml.registry import Registry

__all__ = ["BACKGROUNDS", "background"]

Canvas = NDArray[np.float32]
"""(height, width, 3), RGB."""
Size = tuple[int, int]
"""Width and height in pixels."""
BACKGROUNDS: Registry[Callable[[Size, np.random.Generator], Canvas]] = Registry("background")


def background(name: str, size: Size, rng: np.random.Generator) -> Canvas:
    """A background, 0 to 255."""
    return np.clip(BACKGROUNDS[name](size, rng), 0, 255).astype(np.float32)


def _noise(size: Size, sigma: tuple[float, float], rng: np.random.Generator) -> Canvas:
    """Unit noise blurred by (sigma x, sigma y) pixels, (height, width)."""
    raw = rng.standard_normal((size[1], size[0])).astype(np.float32)
    soft = cv2.GaussianBlur(raw, (0, 0), sigmaX=sigma[0], sigmaY=sigma[1])
    return np.asarray((soft - soft.mean()) / soft.std(), np.float32)


def _fill(size: Size, colour: tuple[float, float, float]) -> Canvas:
    return np.full((size[1], size[0], 3), colour, np.float32)


@BACKGROUNDS.register("wood")
def _wood(size: Size, rng: np.random.Generator) -> Canvas:
    colour = [(176, 128, 86), (128, 90, 62), (206, 172, 132)][int(rng.integers(0, 3))]
    canvas = _fill(size, colour)
    canvas += (9 * _noise(size, (90, 1.6), rng) + 6 * _noise(size, (30, 4), rng))[..., None] * (1, 0.9, 0.7)
    plank = size[1] / float(rng.uniform(6, 10))
    row = np.floor(np.arange(size[1]) / plank).astype(int)
    canvas += rng.uniform(-16, 16, row.max() + 1).astype(np.float32)[row][:, None, None]
    canvas[np.arange(size[1]) % plank < 3] *= 0.6
    return canvas


@BACKGROUNDS.register("carpet")
def _carpet(size: Size, rng: np.random.Generator) -> Canvas:
    colour = [(120, 126, 140), (150, 120, 110), (92, 108, 96), (170, 160, 146)][int(rng.integers(0, 4))]
    pile = 15 * _noise(size, (1.6, 1.6), rng) + 6 * _noise(size, (22, 22), rng)
    return np.asarray(_fill(size, colour) + pile[..., None], np.float32)


@BACKGROUNDS.register("tiles")
def _tiles(size: Size, rng: np.random.Generator) -> Canvas:
    colour = [(206, 204, 198), (150, 160, 166), (196, 178, 160)][int(rng.integers(0, 3))]
    canvas = _fill(size, colour) + (5 * _noise(size, (14, 14), rng))[..., None]
    pitch = int(rng.integers(190, 300))
    canvas[np.arange(size[1]) % pitch < 5] *= 0.74
    canvas[:, np.arange(size[0]) % pitch < 5] *= 0.74
    return np.asarray(canvas, np.float32)


@BACKGROUNDS.register("asphalt")
def _asphalt(size: Size, rng: np.random.Generator) -> Canvas:
    grit = 13 * _noise(size, (1.2, 1.2), rng) + 5 * _noise(size, (60, 60), rng)
    return np.asarray(_fill(size, (112, 112, 116)) + np.maximum(grit, -26)[..., None], np.float32)


@BACKGROUNDS.register("room")
def _room(size: Size, rng: np.random.Generator) -> Canvas:
    canvas = _wood(size, rng)
    edge = int(size[1] * rng.uniform(0.26, 0.36))
    wall = rng.uniform(150, 230, 3).astype(np.float32)
    canvas[:edge] = wall + (2 * _noise((size[0], edge), (3, 3), rng))[..., None]
    canvas[edge - 22 : edge] = 232
    canvas[edge : edge + 4] *= 0.5
    return canvas
