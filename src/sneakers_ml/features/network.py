"""Networks as extractors: an ONNX graph with the preprocessing it was trained with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.features.crop import fill_square
from sneakers_ml.features.extractor import KINDS, ExtractorSpec
from sneakers_ml.inference.session import OnnxSession

__all__ = ["OnnxExtractor", "network_input"]


class OnnxExtractor:
    """The shoe stretched to a square, scaled by mean and standard deviation, and run through a graph.

    Stretching was chosen over padding on real photos: it ties a shoe seen from the side to the same shoe seen at an
    angle, and recognised the brand better in shops that the classifier had never seen (notes/features-models.md).
    """

    def __init__(
        self,
        session: OnnxSession,
        *,
        dim: int,
        side: int,
        mean: Sequence[float],
        std: Sequence[float],
        resize: int | None = None,
    ) -> None:
        """What a graph from (n, 3, side, side) to (n, dim) was trained with.

        Args:
            session: the graph.
            dim: length of a vector.
            side: pixels of the square that the graph sees.
            mean: of red, green and blue, from 0 to 255.
            std: likewise.
            resize: pixels of the square that the shoe is stretched to before its middle is cut out; `side` unless told.
        """
        self._session = session
        self.dim = dim
        self._resize = resize or side
        left = (self._resize - side) // 2
        self._middle = slice(left, left + side)
        self._mean = np.asarray(mean, np.float32).reshape(3, 1, 1)
        self._std = np.asarray(std, np.float32).reshape(3, 1, 1)

    def transform(self, shoes: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(n, dim) float32 unit rows of n shoes, each (H, W, 3) RGB.

        Photos go through the graph one by one: on a CPU a batch is no faster and costs memory.
        """
        return np.concatenate([self._session.run(self._input(shoe)) for shoe in shoes])

    def _input(self, shoe: NDArray[np.uint8]) -> NDArray[np.float32]:
        square = fill_square(shoe, self._resize)[self._middle, self._middle]
        return network_input(square, self._mean, self._std)[None]


def network_input(
    square: NDArray[np.uint8], mean: NDArray[np.float32], std: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(3, side, side) float32 as a network takes it, of (side, side, 3) RGB; `mean` and `std` are (3, 1, 1)."""
    # Planes first, then arithmetic in place: three numbers a pixel broadcast four times slower.
    planes = np.array(square.transpose(2, 0, 1), np.float32, order="C")
    planes -= mean
    planes /= std
    return planes


@KINDS.register("onnx")
def load(spec: ExtractorSpec, graph: Path, threads: int) -> OnnxExtractor:
    """The extractor of a spec and its graph."""
    return OnnxExtractor(OnnxSession(graph, threads=threads), dim=spec.dim, **spec.settings)
