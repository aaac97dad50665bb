"""The colours of a shoe, measured: a histogram of its pixels in CIELAB."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sneakers_ml.features.extractor import EXTRACTORS, KINDS, Context, ExtractorSpec
from sneakers_ml.images.ground import outline
from sneakers_ml.registry import Section

__all__ = ["Colours", "ColoursParams"]

_SIDE = 64
_LEAST, _MOST = np.array([0, -80, -80]), np.array([100, 80, 80])  # of L*, a* and b*; what is beyond counts as that
_INSIDE = 0.85, 0.8  # half axes of the ellipse, as shares of the box's, that stands for the shoe on a busy ground


class Colours:
    """The extractor `colours`: square roots of a histogram over lightness and both colour axes, of unit length.

    On a plain ground the pixels of the shoe's outline count, else those of an ellipse in the box. A pixel is shared out
    between the two nearest bins of each axis. Square roots make the cosine of two vectors the Bhattacharyya coefficient
    of the histograms (Arandjelović and Zisserman, CVPR 2012, do so with SIFT).
    """

    def __init__(self, lightness: int, colour: int) -> None:
        """Numbers of bins: `lightness` along L*, `colour` along each of a* and b*."""
        self._bins = np.array([lightness, colour, colour])
        self.dim = lightness * colour**2
        across = np.linspace(-1, 1, _SIDE)
        self._ellipse = (across / _INSIDE[0]) ** 2 + (across[:, None] / _INSIDE[1]) ** 2 < 1

    def transform(self, shoes: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(n, dim) float32 of n shoes, each (H, W, 3) RGB."""
        return np.stack([self._histogram(shoe) for shoe in shoes])

    def _histogram(self, shoe: NDArray[np.uint8]) -> NDArray[np.float32]:
        small = np.asarray(
            cv2.resize(np.ascontiguousarray(shoe), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8
        )
        inside = outline(small)
        lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        pixels = lab[self._ellipse if inside is None else inside > 0]
        share = (pixels - _LEAST) / (_MOST - _LEAST)
        place = np.clip(share * self._bins - 0.5, 0, self._bins - 1)
        low = np.minimum(place.astype(np.intp), self._bins - 2)
        above = place - low
        histogram = np.zeros(self.dim)
        for step in np.ndindex(2, 2, 2):
            weights = np.where(step, above, 1 - above).prod(axis=1)
            bins = np.ravel_multi_index(tuple((low + step).T), tuple(self._bins))
            histogram += np.bincount(bins, weights, self.dim)
        return np.asarray(np.sqrt(histogram / len(pixels)), np.float32)


class ColoursParams(Section):
    """The vector has lightness * colour**2 numbers."""

    lightness: int = Field(6, ge=2, description="Bins along L*")
    colour: int = Field(9, ge=2, description="Bins along each of a* and b*")


@EXTRACTORS.register("colours", ColoursParams)
def prepare(params: ColoursParams, folder: Path, context: Context) -> ExtractorSpec:
    """Nothing is needed but the settings."""
    settings = params.model_dump()
    return ExtractorSpec(name="colours", kind="colours", dim=Colours(**settings).dim, settings=settings, weights="none")


@KINDS.register("colours")
def load(spec: ExtractorSpec, graph: Path, threads: int) -> Colours:
    """The extractor of a spec."""
    return Colours(**spec.settings)
