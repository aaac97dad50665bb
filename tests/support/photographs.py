"""Photographs that show no shoe and that no part of the project learns from: those that scikit-image brings along."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage import data
from skimage.color import gray2rgb

__all__ = ["photographs"]

_NAMES = (
    "astronaut brick camera cell chelsea clock coffee coins colorwheel grass gravel hubble_deep_field"
    " immunohistochemistry moon page retina rocket text"
)


def photographs() -> dict[str, NDArray[np.uint8]]:
    """Name -> (H, W, 3) RGB."""
    found = {name: np.asarray(getattr(data, name)()) for name in _NAMES.split()}
    return {name: gray2rgb(photo) if photo.ndim == 2 else photo for name, photo in found.items()}
