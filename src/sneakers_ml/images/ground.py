"""Photos taken before a plain ground, as shops do: its colour, and the outline of what stands before it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["outline", "plain_ground"]

_FRAME = 2
_SPREAD, _SHARE = 12.0, 0.7  # levels of a byte; share of the frame
_FLOOD = 14  # levels of a byte
_LEAST_SHARE, _MOST_SHARE = 0.08, 0.9


def plain_ground(sample: NDArray[np.uint8]) -> NDArray[np.float64] | None:
    """(3,) colour of the ground where most of the photo's frame has one colour, else None.

    Args:
        sample: (h, w, 3) RGB, the photo shrunk to some 128 px.
    """
    edges = sample[:_FRAME], sample[-_FRAME:], sample[:, :_FRAME], sample[:, -_FRAME:]
    frame = np.concatenate([edge.reshape(-1, 3) for edge in edges])
    colour = np.median(frame, axis=0)
    plain = np.mean(np.abs(frame - colour).max(axis=1) < _SPREAD) >= _SHARE
    return np.asarray(colour, np.float64) if plain else None


def outline(photo: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """(h, w) 255 on what stands before a plain ground, by a flood fill from the frame; None where there is no such."""
    ground = plain_ground(photo)
    if ground is None:
        return None
    framed = cv2.copyMakeBorder(photo, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=ground.tolist())
    filled = np.zeros((framed.shape[0] + 2, framed.shape[1] + 2), np.uint8)
    flags = 4 | cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY | (255 << 8)
    cv2.floodFill(framed, filled, (0, 0), 0, (_FLOOD,) * 3, (_FLOOD,) * 3, flags)
    shoe = cv2.morphologyEx(255 - filled[2:-2, 2:-2], cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return np.asarray(shoe, np.uint8) if _LEAST_SHARE < np.mean(shoe > 0) < _MOST_SHARE else None
