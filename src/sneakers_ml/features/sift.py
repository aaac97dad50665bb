"""RootSIFT descriptors of a shoe and where on it they lie, encoded as one vector by a fitted codebook."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from sneakers_ml.onnx_session import OnnxSession

__all__ = ["COLUMNS", "DESCRIPTOR", "Sift", "describe", "weigh_place"]

DESCRIPTOR = 128
"""Numbers of a SIFT descriptor: 4 x 4 cells of 8 orientations (Lowe, IJCV 2004)."""
COLUMNS = DESCRIPTOR + 2
"""Numbers of a keypoint: its descriptor, then its place."""
_STRONGEST = 500  # a shoe has 60 keypoints, a page of print thousands; equally strong ones may add a few


def describe(shoe: NDArray[np.uint8], side: int) -> NDArray[np.float32]:
    """Keypoints of a shoe that is scaled so that its longest side is `side` pixels, at most about the 500 strongest.

    The descriptor is RootSIFT, the square root of SIFT at unit sum, so that Euclidean distance compares histograms as
    the Hellinger kernel does (Arandjelovic and Zisserman, CVPR 2012, section 2). The place is the keypoint's x and y
    as a share of the shoe's width and height, from -0.5 to 0.5: with it, what lies at the heel differs from the same
    pattern at the toe (Sanchez, Perronnin and de Campos, Pattern Recognition Letters 2012).

    Args:
        shoe: (H, W, 3) RGB.
        side: pixels.

    Returns:
        (n, 130) float32, C order: 128 of the descriptor, x, y; n is 0 for a plain surface.
    """
    grey = _scaled(np.asarray(cv2.cvtColor(np.ascontiguousarray(shoe), cv2.COLOR_RGB2GRAY), np.uint8), side)
    # A detector keeps its state from call to call; making one takes a microsecond, so each call has its own.
    keypoints, descriptors = cv2.SIFT.create(nfeatures=_STRONGEST).detectAndCompute(grey, None)
    rows = np.zeros((len(keypoints), COLUMNS), np.float32)
    if len(keypoints):
        rows[:, :DESCRIPTOR] = _root(np.asarray(descriptors, np.float32))
        rows[:, DESCRIPTOR:] = cv2.KeyPoint.convert(keypoints) / np.array(grey.shape[::-1], np.float32) - 0.5
    return rows


def _scaled(grey: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    height, width = grey.shape
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, size, interpolation=method), np.uint8)


def _root(descriptors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Square roots of rows scaled to unit sum: rows of unit length."""
    sums = descriptors.sum(axis=1, keepdims=True)
    return np.asarray(np.sqrt(descriptors / np.maximum(sums, 1)), np.float32)


def weigh_place(rows: NDArray[np.float32], place: float) -> NDArray[np.float32]:
    """The rows of `describe` with the place multiplied by a weight: how much it counts beside the descriptor."""
    weights = np.ones(COLUMNS, np.float32)
    weights[DESCRIPTOR:] = place
    return np.asarray(rows * weights, np.float32)


class Sift:
    """The extractor `sift`: a shoe's descriptors, weighed by place, through the graph that encodes them."""

    def __init__(self, session: OnnxSession, *, dim: int, side: int, place: float) -> None:
        self._session = session
        self.dim = dim
        self._side = side
        self._place = place

    def transform(self, shoes: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(n, dim) float32 unit rows of n shoes, each (H, W, 3) RGB; zeros for one without a keypoint."""
        return np.concatenate([self._encode(describe(shoe, self._side)) for shoe in shoes])

    def _encode(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        if not len(rows):
            return np.zeros((1, self.dim), np.float32)
        return self._session.run(weigh_place(rows, self._place))
