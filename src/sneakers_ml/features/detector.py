"""Footwear in a photo, by the object detector of MediaPipe's Objectron."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import BundleError
from sneakers_ml.inference.session import OnnxSession

__all__ = ["NETWORK", "FootwearDetector", "anchors", "decode", "footwear_detector"]

NETWORK = Path(__file__).with_name("footwear_detector.onnx")
"""SSD (Liu et al., ECCV 2016) with MobileNetV2 (Sandler et al., CVPR 2018); footwear_detector.NOTICE says whose."""

_SIDE = 300
_CELLS = 19, 10, 5, 3, 2, 1  # along a side of the maps, from fine to coarse
_SCORE = 0.4


class FootwearDetector:
    """Boxes whose Footwear score is at least 0.4: higher thresholds cut off more of shoes (benchmarks/find_shoe.py).

    Raises:
        BundleError: when the network is missing or damaged.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._session = OnnxSession(path, threads=1)
        except BundleError:
            raise BundleError(f"{path}: missing or damaged; install the project again") from None

    def boxes(self, photo: NDArray[np.uint8]) -> NDArray[np.float64]:
        """(n, 4) left, top, right and bottom, from 0 to 1 of the photo's sides; several boxes may be of one shoe.

        Args:
            photo: (H, W, 3) RGB.
        """
        stretched = cv2.resize(photo, (_SIDE, _SIDE), interpolation=cv2.INTER_LINEAR)
        found = self._session.run(stretched[None].astype(np.float32) / np.float32(127.5) - 1)[0]
        sure = found[:, 4] >= np.log(_SCORE / (1 - _SCORE))
        return decode(found[sure, :4], anchors()[sure])


@cache
def footwear_detector() -> FootwearDetector:
    """The detector that comes with the package, opened once."""
    return FootwearDetector(NETWORK)


def decode(codes: NDArray[np.float32], anchors: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 4) left, top, right and bottom within 0 to 1, of codes y, x, height, width and anchors x, y, width, height.

    A box lies a tenth of the code, times the anchor's size, off the anchor's centre, and is exp(code / 5) times as
    large as the anchor.
    """
    centres = anchors[:, :2] + codes[:, 1::-1] / 10 * anchors[:, 2:]
    halves = np.exp(codes[:, :1:-1] / 5) * anchors[:, 2:] / 2
    return np.asarray(np.clip(np.hstack([centres - halves, centres + halves]), 0, 1), np.float64)


@cache
def anchors() -> NDArray[np.float64]:
    """(1917, 4) x, y, width and height as shares of the photo, in the order of the network's rows.

    As MediaPipe's SsdAnchorsCalculator makes them: in each cell five aspect ratios and a square between this map's
    scale and the next, in those of the finest map a small square and two ratios.
    """
    scales = [*np.linspace(0.2, 0.95, len(_CELLS)), 1.0]
    anchors = []
    for level, cells in enumerate(_CELLS):
        scale = scales[level]
        shapes = [(scale * ratio**0.5, scale / ratio**0.5) for ratio in (1, 2, 0.5, 3, 0.3333)]
        between = (scale * scales[level + 1]) ** 0.5
        shapes = [*shapes, (between, between)] if level else [(0.1, 0.1), *shapes[1:3]]
        centres = (np.arange(cells) + 0.5) / cells
        anchors += [(x, y, *shape) for y in centres for x in centres for shape in shapes]
    return np.array(anchors)
