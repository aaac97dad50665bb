"""Fabrics as relief: small tileable patterns, in pixels of height, that the light turns into leather, mesh or suede."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from demo.render.shoe.layers import HEIGHT, WIDTH, Field

__all__ = ["FABRICS", "fabric"]

FABRICS = ("leather", "suede", "canvas", "mesh", "knit", "nylon", "ripstop")


def _noise(sigma: float, seed: int) -> Field:
    raw = np.random.default_rng(seed).standard_normal((HEIGHT, WIDTH)).astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(raw, (0, 0), sigma), np.float32)
    return np.asarray(soft / soft.std(), np.float32)


@cache
def fabric(name: str) -> Field:
    """The relief of a fabric over the whole drawing, (HEIGHT, WIDTH); the same for every model and seed."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    if name == "mesh":
        pattern = 0.75 * np.maximum(np.sin(x * 0.62 + y * 0.36) * np.sin(x * 0.62 - y * 0.36) * 1.6, -0.5)
    elif name == "knit":
        pattern = 0.60 * np.sin(y * 0.95 + 1.3 * np.abs(np.sin(x * 0.48))) + 0.25 * np.sin(y * 0.06) * np.sin(x * 0.96)
    elif name == "canvas":
        pattern = 0.30 * np.sin(x * 1.5) * np.sin(y * 1.5) + 0.10 * _noise(0.8, 3)
    elif name == "ripstop":
        pattern = 0.55 * (np.maximum(np.cos(x * 0.42) ** 24, np.cos(y * 0.42) ** 24)) + 0.08 * _noise(1.0, 4)
    elif name == "nylon":
        pattern = 0.22 * np.sin((x + y) * 1.1) + 0.06 * _noise(0.9, 5)
    elif name == "suede":
        pattern = 0.26 * _noise(1.1, 6) + 0.35 * _noise(5.0, 7)
    else:
        pattern = 0.10 * _noise(1.6, 8) + 0.30 * _noise(9.0, 9)
    return np.asarray(pattern, np.float32)
