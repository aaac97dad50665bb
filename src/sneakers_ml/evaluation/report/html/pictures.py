"""Photos within the page, each once and together within a limit of bytes."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sneakers_ml import images
from sneakers_ml.parallel import ordered_map

__all__ = ["LoadPhoto", "Picture", "Pictures"]


class Picture(NamedTuple):
    """A stored photo, or the photo as it was restyled."""

    photo_id: str
    restyled: bool = False


LoadPhoto = Callable[[Picture], NDArray[np.uint8]]
"""A picture's pixels (H, W, 3), RGB, upright."""

_SIZES = ((192, 96, 60), (160, 80, 45), (128, 64, 30), (96, 48, 15))
"""Longest side of a tile and of a picture that is seen on the map alone, in pixels, and the quality of the WebP."""


class Pictures:
    """Collects the photos that a page shows; a section keeps the number that it gets for one."""

    def __init__(self) -> None:
        self._numbers: dict[Picture, int] = {}
        self._tiles: set[Picture] = set()

    def tile(self, photo_id: str, *, restyled: bool = False) -> int:
        """The number of a photo that people look at closely."""
        picture = Picture(photo_id, restyled)
        self._tiles.add(picture)
        return self.small(picture)

    def small(self, picture: Picture) -> int:
        """The number of a photo that may be smaller, where it is no tile as well."""
        return self._numbers.setdefault(picture, len(self._numbers))

    def data_uris(self, load: LoadPhoto, limit: int) -> list[str]:
        """Each picture as a data URI, by its number; smaller and coarser where all would take more than `limit` bytes.

        What `load` raises passes through.
        """
        largest = max(_SIZES[0])
        photos = list(ordered_map(lambda each: images.shrink(load(each), largest), self._numbers, workers=2))
        uris: list[str] = []
        for side, small_side, quality in _SIZES:
            sides = [side if each in self._tiles else small_side for each in self._numbers]
            uris = _encoded(photos, sides, quality)
            if sum(map(len, uris)) <= limit:
                break
        return uris


def _encoded(photos: Sequence[NDArray[np.uint8]], sides: Sequence[int], quality: int) -> list[str]:
    def encode(photo_and_side: tuple[NDArray[np.uint8], int]) -> str:
        data = images.encode_webp(images.shrink(*photo_and_side), quality)
        return f"data:image/webp;base64,{base64.b64encode(data).decode()}"

    return list(ordered_map(encode, zip(photos, sides, strict=True), workers=2))
