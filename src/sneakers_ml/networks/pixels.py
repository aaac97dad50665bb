"""The pixels that a network sees, in training as in use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from sneakers_ml.features.crop import fill_square
from sneakers_ml.features.network import network_input
from sneakers_ml.networks.backbone import Backbone
from sneakers_ml.networks.photos import Shoe

__all__ = ["as_tensor", "served", "served_batches"]

_CHUNK = 64  # photos


def served(shoe: Shoe) -> NDArray[np.uint8]:
    """The cut (h, w, 3) that an extractor sees of a photo, to the pixel where the photo was not shrunk."""
    left, top, right, bottom = shoe.box.round().astype(int)
    return shoe.photo[top:bottom, left:right]


def as_tensor(squares: Sequence[NDArray[np.uint8]], backbone: Backbone) -> torch.Tensor:
    """(n, 3, side, side) float32, as the backbone takes it, of n squares (side, side, 3) RGB."""
    mean, std = (np.asarray(values, np.float32).reshape(3, 1, 1) for values in (backbone.mean, backbone.std))
    return torch.from_numpy(np.stack([network_input(square, mean, std) for square in squares]))


def served_batches(shoes: Sequence[Shoe], side: int, backbone: Backbone) -> Iterator[torch.Tensor]:
    """All shoes in their order as they are served, some at a time: (b, 3, side, side) on the backbone's device."""
    device = next(backbone.parameters()).device
    for start in range(0, len(shoes), _CHUNK):
        squares = [fill_square(served(shoe), side) for shoe in shoes[start : start + _CHUNK]]
        yield as_tensor(squares, backbone).to(device, memory_format=torch.channels_last)
