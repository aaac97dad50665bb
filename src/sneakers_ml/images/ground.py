"""Whether a photo was taken before a plain ground, as shops do."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["plain_ground"]

_FRAME = 2
_SPREAD, _SHARE = 12.0, 0.7  # levels of a byte; share of the frame


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
