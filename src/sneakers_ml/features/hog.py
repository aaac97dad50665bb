"""Histograms of oriented gradients on colour photos (Dalal and Triggs, CVPR 2005, section 6)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from sneakers_ml.features.crop import fill_square, fit_square
from sneakers_ml.features.extractor import EXTRACTORS, KINDS, Context, ExtractorSpec
from sneakers_ml.registry import Section

__all__ = ["Hog", "HogParams", "HogTables", "hog"]

_EPSILON = 1e-5
_CLIP = 0.2
_LEVELS = 511  # differences of two bytes: -255 ... 255


class HogTables:
    """Magnitude and orientation bin of every pair of byte differences, at dy * 511 + dx; made once, for any thread."""

    def __init__(self, orientations: int) -> None:
        self.orientations = orientations
        step = np.arange(-255, 256, dtype=np.float64)
        dy, dx = step[:, None], step[None, :]
        angle = np.rad2deg(np.arctan2(dy, dx)) % 180
        self.magnitude = np.hypot(dy, dx).astype(np.float32).ravel()
        self.bins = np.minimum((angle * orientations / 180).astype(np.intp), orientations - 1).ravel()


def hog(photo: NDArray[np.uint8], tables: HogTables, cell: int, block: int = 1) -> NDArray[np.float32]:
    """HOG with L2-Hys normalisation; the values, and their order, of scikit-image's `hog` on the same pixels.

    Gradients are central differences, zero on the border; each pixel takes the channel of the largest gradient. As
    pixels are bytes there are only 511 x 511 gradients, so magnitudes and angles are looked up rather than computed.

    Args:
        photo: (H, W, 3) RGB; rows and columns beyond a whole number of cells are left out.
        tables: of the wanted number of orientations, over 180 degrees.
        cell: pixels of a square cell.
        block: cells along a square block, one normalised together; blocks start at every cell where one fits.

    Returns:
        ((H // cell - block + 1) * (W // cell - block + 1) * block**2 * orientations,) float32.
    """
    rows, columns = photo.shape[0] // cell, photo.shape[1] // cell
    code = _strongest_gradient(photo)[: rows * cell, : columns * cell]
    cells = (np.arange(rows * cell) // cell)[:, None] * columns + (np.arange(columns * cell) // cell)[None, :]
    slot = cells * tables.orientations + tables.bins[code]
    histogram = np.bincount(slot.ravel(), tables.magnitude[code].ravel(), rows * columns * tables.orientations)
    histograms = (histogram / cell**2).reshape(rows, columns, tables.orientations)
    windows = np.lib.stride_tricks.sliding_window_view(histograms, (block, block), axis=(0, 1)).transpose(0, 1, 3, 4, 2)
    blocks = np.ascontiguousarray(windows).reshape(-1, block**2 * tables.orientations)
    # L2-Hys: unit length, clip at 0.2, unit length again (Dalal and Triggs, section 6.4)
    clipped = np.minimum(blocks / np.sqrt((blocks**2).sum(axis=1, keepdims=True) + _EPSILON**2), _CLIP)
    unit = clipped / np.sqrt((clipped**2).sum(axis=1, keepdims=True) + _EPSILON**2)
    return np.asarray(unit.ravel(), np.float32)


def _strongest_gradient(photo: NDArray[np.uint8]) -> NDArray[np.int32]:
    """(H, W) codes dy * 511 + dx (both from 0) of each pixel's channel of largest magnitude."""
    pixels = photo.astype(np.int32)
    dy, dx = np.zeros_like(pixels), np.zeros_like(pixels)
    dy[1:-1] = pixels[2:] - pixels[:-2]
    dx[:, 1:-1] = pixels[:, 2:] - pixels[:, :-2]
    strength = dy * dy + dx * dx
    code = (dy + 255) * _LEVELS + (dx + 255)
    best, strongest = code[..., 0], strength[..., 0]
    for channel in (1, 2):
        better = strength[..., channel] > strongest
        best = np.where(better, code[..., channel], best)
        strongest = np.where(better, strength[..., channel], strongest)
    return best


class Hog:
    """The extractor `hog`: the shoe fitted into a square or stretched to fill it, then HOG.

    Stretched, toe and heel of every shoe come to lie in the same cells, whatever its aspect.
    """

    def __init__(
        self, side: int, orientations: int, cell: int, block: int = 1, aspect: Literal["keep", "fill"] = "fill"
    ) -> None:
        self.side = side
        self.orientations = orientations
        self.cell = cell
        self.block = block
        self.aspect = aspect
        self._tables = HogTables(orientations)
        self._square = fill_square if aspect == "fill" else fit_square

    @property
    def dim(self) -> int:
        blocks = self.side // self.cell - self.block + 1
        return blocks**2 * self.block**2 * self.orientations

    def transform(self, shoes: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(n, dim) float32 of n shoes, each (H, W, 3) RGB."""
        return np.stack([hog(self._square(shoe, self.side), self._tables, self.cell, self.block) for shoe in shoes])


class HogParams(Section):
    """Colour HOG; with n = side // cell, the vector has (n - block + 1)**2 * block**2 * orientations numbers."""

    side: int = Field(160, ge=32, description="Pixels of the square that the shoe is brought to")
    aspect: Literal["keep", "fill"] = Field("fill", description="Whether the shoe is fitted in or stretched to fill it")
    orientations: int = Field(8, ge=2)
    cell: int = Field(16, ge=2, description="Pixels of a square cell")
    block: int = Field(3, ge=1, description="Cells along a square block; blocks overlap by all but one cell")

    @model_validator(mode="after")
    def _block_fits(self) -> Self:
        if self.cell * self.block > self.side:
            raise ValueError("a block (cell times block) must not be larger than side")
        return self


@EXTRACTORS.register("hog", HogParams)
def prepare(params: HogParams, folder: Path, context: Context) -> ExtractorSpec:
    """HOG needs nothing but its settings."""
    settings = params.model_dump()
    return ExtractorSpec(name="hog", kind="hog", dim=Hog(**settings).dim, settings=settings, weights="none")


@KINDS.register("hog")
def load(spec: ExtractorSpec, graph: Path, threads: int) -> Hog:
    """The extractor of a spec."""
    return Hog(**spec.settings)
