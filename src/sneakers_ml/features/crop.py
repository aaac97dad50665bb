"""Where the shoe is in a photo, and the shoe cut out of it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sneakers_ml.features.detector import footwear_detector
from sneakers_ml.images.ground import plain_ground
from sneakers_ml.images.region import Region

__all__ = ["cut", "fill_square", "fit_square", "shoe_region"]

_SAMPLE_SIDE = 128
_DIFFERENCE = 24
_PLAIN_MARGIN, _FOOTWEAR_MARGIN = 0.02, 0.03
_LEAST_SHARE, _MOST_SHARE = 0.05, 0.95


def shoe_region(photo: NDArray[np.uint8]) -> Region:
    """Box of all footwear with a small margin; benchmarks/find_shoe.py compares ways to find it.

    On a plain ground it holds what differs from the ground, else what the detector takes for footwear. Boxes under 5 %
    or over 95 % of the photo are not believed; where there is no other, the region is the whole photo.

    Args:
        photo: (H, W, 3) RGB.

    Raises:
        BundleError: when the detector in the package is missing or damaged.
    """
    height, width = photo.shape[:2]
    scale = _SAMPLE_SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    sample = np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)
    ground = plain_ground(sample)
    region = None if ground is None else _around(_unlike(sample, ground), height, width, _PLAIN_MARGIN, 1 / scale)
    region = region or _around(footwear_detector().boxes(photo), height, width, _FOOTWEAR_MARGIN)
    return region or Region(0, 0, width, height)


def _unlike(sample: NDArray[np.uint8], ground: NDArray[np.float64]) -> NDArray[np.float64]:
    """Box of the pixels unlike the ground: (1, 4) left, top, right, bottom as shares of the sides, or (0, 4)."""
    difference = cv2.absdiff(sample, np.broadcast_to(ground.astype(np.uint8), sample.shape))
    mask = np.maximum(np.maximum(difference[..., 0], difference[..., 1]), difference[..., 2]) > _DIFFERENCE
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return np.empty((0, 4))
    height, width = mask.shape
    box = columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height
    return np.array([box])


def _around(boxes: NDArray[np.float64], height: int, width: int, margin: float, pixels: float = 0) -> Region | None:
    """What holds all boxes, or None where there are none or it is not believed.

    Args:
        boxes: (n, 4) left, top, right, bottom as shares of the photo's sides.
        height: of the photo.
        width: of the photo.
        margin: on each side, as a share of the longer side of what holds the boxes.
        pixels: margin that is added to it.
    """
    if not len(boxes):
        return None
    size = np.array([width, height])
    start, end = boxes[:, :2].min(axis=0) * size, boxes[:, 2:].max(axis=0) * size
    added = margin * (end - start).max() + pixels
    left, top = (int(side) for side in np.maximum(0, start - added))
    right, bottom = (int(side) for side in np.minimum(size, np.ceil(end + added)))
    share = (right - left) * (bottom - top) / (width * height)
    return Region(left, top, right, bottom) if _LEAST_SHARE <= share <= _MOST_SHARE else None


def cut(photo: NDArray[np.uint8], region: Region) -> NDArray[np.uint8]:
    """The region's pixels, a view."""
    return photo[region.top : region.bottom, region.left : region.right]


def fill_square(photo: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Stretch to (side, side, 3); the shoe's aspect is lost."""
    return _resized(photo, (side, side))


def fit_square(photo: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Scale so that the longest side is `side` and pad with white to (side, side, 3); the shoe's aspect is kept."""
    height, width = photo.shape[:2]
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    canvas = np.full((side, side, 3), 255, np.uint8)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    canvas[top : top + size[1], left : left + size[0]] = _resized(photo, size)
    return canvas


def _resized(photo: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The photo at (width, height)."""
    return np.asarray(Image.fromarray(np.ascontiguousarray(photo)).resize(size, Image.Resampling.BILINEAR))
