"""Where the shoe is in a photo, and the shoe cut out of it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sneakers_ml.features.subject import subject_region
from sneakers_ml.images.region import Region

__all__ = ["cut", "fill_square", "fit_square", "shoe_region"]

_SAMPLE_SIDE = 128
_FRAME = 2
_PLAIN_SPREAD, _PLAIN_SHARE = 12.0, 0.7  # levels of a byte; share of the frame
_DIFFERENCE = 24
_MARGIN = 0.04
_LEAST_SHARE, _MOST_SHARE = 0.05, 0.95


def shoe_region(photo: NDArray[np.uint8]) -> Region:
    """Box of the shoe with a small margin: on a plain background, else of what stands out, else the whole photo.

    Args:
        photo: (H, W, 3) RGB.
    """
    height, width = photo.shape[:2]
    scale = _SAMPLE_SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    sample = np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)
    frame = np.concatenate(
        [edge.reshape(-1, 3) for edge in (sample[:_FRAME], sample[-_FRAME:], sample[:, :_FRAME], sample[:, -_FRAME:])]
    )
    background = np.median(frame, axis=0)
    plain = np.mean(np.abs(frame - background).max(axis=1) < _PLAIN_SPREAD) >= _PLAIN_SHARE
    box = _plain_box(sample, background, height, width) if plain else subject_region(sample, height, width)
    return box or Region(0, 0, width, height)


def _plain_box(sample: NDArray[np.uint8], background: NDArray[np.float64], height: int, width: int) -> Region | None:
    """Box of the pixels unlike the background; None where there are none, or it is under 5 % or over 95 %."""
    difference = cv2.absdiff(sample, np.broadcast_to(background.astype(np.uint8), sample.shape))
    mask = np.maximum(np.maximum(difference[..., 0], difference[..., 1]), difference[..., 2]) > _DIFFERENCE
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    scale = max(height, width) / max(sample.shape[:2])
    margin = _MARGIN * max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    box = Region(
        left=max(0, int((columns[0] - margin) * scale)),
        top=max(0, int((rows[0] - margin) * scale)),
        right=min(width, int(np.ceil((columns[-1] + 1 + margin) * scale))),
        bottom=min(height, int(np.ceil((rows[-1] + 1 + margin) * scale))),
    )
    share = (box.right - box.left) * (box.bottom - box.top) / (width * height)
    return box if _LEAST_SHARE <= share <= _MOST_SHARE else None


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
