"""Paint in layers that know a role instead of a colour, so that every colourway of a model shares one drawing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.render.shoe.curves import Points

__all__ = ["HEIGHT", "SCALE", "WIDTH", "Drawing", "Field", "Layer", "Mask", "to_pixels"]

Field = NDArray[np.float32]
Mask = NDArray[np.uint8]
"""(HEIGHT, WIDTH), 0 to 255."""
SCALE = 720
"""Pixels a shoe length in the drawing: twice that of the finished photo."""
WIDTH, HEIGHT = 820, 540
_LEFT, _TOP = 0.068, 0.715
_SHIFT = 4


def to_pixels(points: Points) -> Points:
    """Shoe space to drawing pixels."""
    return np.stack([(points[:, 0] + _LEFT) * SCALE, (_TOP - points[:, 1]) * SCALE], axis=1)


def _fixed(points: Points) -> NDArray[np.int32]:
    """OpenCV's fixed-point pixels, for edges finer than a pixel."""
    return np.round(to_pixels(points) * (1 << _SHIFT)).astype(np.int32)


def _box(mask: Mask, pad: int) -> tuple[slice, slice]:
    """Rows and columns of what the mask covers, and `pad` pixels around it."""
    x, y, w, h = cv2.boundingRect(mask)
    return slice(max(y - pad, 0), min(y + h + pad, HEIGHT)), slice(max(x - pad, 0), min(x + w + pad, WIDTH))


@dataclass(frozen=True)
class Layer:
    """One coat: where (a mask within a box), which role's colour, and how it is tinted."""

    role: str
    box: tuple[slice, slice]
    mask: Field
    tint: float = 1.0
    """Below 1 darkens the role's colour, above 1 lightens it towards white."""


@dataclass
class Drawing:
    """A side of a shoe: layers of paint and a relief (in pixels) that the light later falls on."""

    layers: list[Layer] = field(default_factory=list)
    edges: Field = field(default_factory=lambda: np.zeros((HEIGHT, WIDTH), np.float32))
    grain: Field = field(default_factory=lambda: np.zeros((HEIGHT, WIDTH), np.float32))

    @property
    def relief(self) -> Field:
        """Panel edges and fabric together, (HEIGHT, WIDTH)."""
        return self.edges + self.grain

    def mask(self, *polygons: Points) -> Mask:
        """The union of polygons, antialiased, (HEIGHT, WIDTH), 0 to 255."""
        out = np.zeros((HEIGHT, WIDTH), np.uint8)
        for polygon in polygons:
            cv2.fillPoly(out, [_fixed(polygon)], 255, cv2.LINE_AA, _SHIFT)
        return out

    def lines(self, curves: Iterable[Points], width: float) -> Mask:
        """Open curves drawn `width` shoe lengths wide, as a mask."""
        out = np.zeros((HEIGHT, WIDTH), np.uint8)
        thickness = max(round(width * SCALE), 1)
        cv2.polylines(out, [_fixed(curve) for curve in curves], False, 255, thickness, cv2.LINE_AA, _SHIFT)
        return out

    def coat(
        self,
        role: str,
        mask: Mask,
        clip: Mask | None = None,
        *,
        tint: float = 1.0,
        alpha: float = 1.0,
        lift: float = 0.0,
        soft: float = 1.2,
        grain: Field | None = None,
    ) -> None:
        """Paint `role` where the mask lies within `clip`.

        `lift` raises the surface by so many pixels with an edge blurred over `soft` pixels (negative carves);
        `grain`, (HEIGHT, WIDTH), replaces the fabric's relief within the mask.
        """
        shape = mask if clip is None else np.asarray(cv2.bitwise_and(mask, clip), np.uint8)
        if not shape.any():
            return
        box = _box(shape, int(3 * soft) + 2 if lift else 1)
        share = shape[box].astype(np.float32) / 255.0
        if alpha > 0:
            self.layers.append(Layer(role, box, share * alpha, tint))
        if lift:
            self.edges[box] += lift * cv2.GaussianBlur(share, (0, 0), soft)
        if grain is not None:
            self.grain[box] += share * (grain[box] - self.grain[box])

    def shadow(self, mask: Mask, clip: Mask, *, blur: float, strength: float) -> None:
        """Darken softly around the edge of a panel that lies on what is already painted."""
        box = _box(mask, int(3 * blur) + 1)
        halo = cv2.GaussianBlur(mask[box], (0, 0), blur).astype(np.float32) / 255.0
        self.layers.append(Layer("shade", box, halo * strength * (clip[box].astype(np.float32) / 255.0)))

    def paint(self, colours: Mapping[str, tuple[int, int, int]]) -> Field:
        """The drawing in one colourway: (HEIGHT, WIDTH, 3), RGB, 0 to 255, unlit."""
        out = np.empty((3, HEIGHT, WIDTH), np.float32)  # planes, so that masks multiply whole rows
        for plane, value in zip(out, colours["base"], strict=True):
            plane[:] = value
        for layer in self.layers:
            for plane, value in zip(out, colours[layer.role], strict=True):
                tinted = value * layer.tint if layer.tint <= 1 else value + (255 - value) * (layer.tint - 1)
                region = plane[layer.box]
                region += (np.float32(tinted) - region) * layer.mask
        return np.asarray(cv2.merge(list(out)), np.float32)
