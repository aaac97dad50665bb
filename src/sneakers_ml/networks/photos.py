"""The photos that networks are trained on: cut around the shoe, with its outline where the ground is plain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sneakers_ml import images
from sneakers_ml.features.crop import shoe_region
from sneakers_ml.images.ground import outline
from sneakers_ml.parallel import ordered_map

__all__ = ["Shoe", "TrainingPhotos", "cut_shoe"]

_AROUND = 0.25
_WORKERS = 2


class Shoe(NamedTuple):
    """A photo (h, w, 3) RGB, the shoe's box in it (left, top, right, bottom), and its outline or None.

    The photo reaches beyond the box, so that the cut can be varied; the outline is (h, w) uint8, 255 on the shoe.
    """

    photo: NDArray[np.uint8]
    box: NDArray[np.float32]
    outline: NDArray[np.uint8] | None


def cut_shoe(photo: NDArray[np.uint8], longest_side: int | None) -> Shoe:
    """The shoe with a quarter of its size around it, shrunk so that it is at most that long."""
    region = shoe_region(photo)
    height, width = photo.shape[:2]
    across, down = region.right - region.left, region.bottom - region.top
    left, top = max(0, int(region.left - _AROUND * across)), max(0, int(region.top - _AROUND * down))
    right, bottom = min(width, int(region.right + _AROUND * across)), min(height, int(region.bottom + _AROUND * down))
    around = photo[top:bottom, left:right]
    box = np.array([region.left - left, region.top - top, region.right - left, region.bottom - top], np.float32)
    if longest_side is not None and (scale := longest_side / max(across, down)) < 1:
        size = max(1, round(around.shape[1] * scale)), max(1, round(around.shape[0] * scale))
        around, box = np.asarray(cv2.resize(around, size, interpolation=cv2.INTER_AREA), np.uint8), box * scale
    return Shoe(np.ascontiguousarray(around), box, outline(around))


@dataclass(frozen=True)
class TrainingPhotos:
    """Shoes in memory with what is known of them, each array of length n.

    Attributes:
        shoes: the photos.
        labels: what the brand head may say.
        label: place in `labels`.
        source: number of the shop or import.
        model: number of the shoe's model, -1 where it is not known.
        colourway: number of its colourway, -1 where it is not known.
    """

    shoes: Sequence[Shoe]
    labels: tuple[str, ...]
    label: NDArray[np.int64]
    source: NDArray[np.int64]
    model: NDArray[np.int64]
    colourway: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.shoes)

    def rows(self, places: NDArray[np.int64]) -> TrainingPhotos:
        """The photos at these places."""
        numbers = (one[places] for one in (self.label, self.source, self.model, self.colourway))
        return TrainingPhotos([self.shoes[place] for place in places], self.labels, *numbers)

    @classmethod
    def read(
        cls, table: pd.DataFrame, folder: Path, *, labels: Sequence[str], longest_side: int | None = None
    ) -> TrainingPhotos:
        """Read the photos of a table.

        Args:
            table: columns file (relative to `folder`), label, source, model and colourway; the last two may be None.
            folder: data/photos of a workspace.
            labels: what the brand head may say; a photo of another label has the label -1.
            longest_side: pixels that a shoe is shrunk to; None: as stored.
        """

        def cut(file: str) -> Shoe:
            return cut_shoe(images.read_stored(folder / file), longest_side)

        shoes = list(ordered_map(cut, table["file"], workers=_WORKERS))
        numbers = {name: pd.factorize(table[name])[0] for name in ("source", "model", "colourway")}
        label = pd.Index(labels).get_indexer(pd.Index(table["label"]))
        return cls(shoes, tuple(labels), np.asarray(label, np.int64), **numbers)
