"""The vectors of the earlier recipe: scikit-image's HOG, counts of SIFT words, and torchvision's ResNet152.

All three look at the whole photo, in one loop over the photos; ResNet152 in batches of 64. Each is a `Recipe`, decoded
photos to vectors, so that what is timed is what made the vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from sklearn.cluster import KMeans
from torchvision.models import ResNet152_Weights

from benchmarks.common import earlier_crop
from sneakers_ml import images
from sneakers_ml.features.extractor import unit_rows
from sneakers_ml.parallel import ordered_map

__all__ = ["Recipe", "earlier_resnet152", "earlier_sift", "hog_recipe", "sift_words", "vectors_of_files"]

Photo = NDArray[np.uint8]
Recipe = Callable[[Iterable[Photo]], NDArray[np.floating]]
"""Decoded photos (H, W, 3) RGB to vectors (n, d)."""

_WORDS = 200
_BATCH = 64
_SEED = 42


def hog_recipe(photos: Iterable[Photo]) -> NDArray[np.floating]:
    """(n, 6272) float64."""
    from skimage.feature import hog

    settings = {"orientations": 8, "pixels_per_cell": (8, 8), "cells_per_block": (1, 1), "channel_axis": -1}
    return np.stack([hog(earlier_crop(photo), **settings) for photo in photos])


def sift_words(files: Sequence[Path]) -> NDArray[np.float32]:
    """(200, 128) centres of the k-means of all descriptors of the training photos; seeded, so that runs agree."""
    found = [descriptors for photo in _read(files) if (descriptors := _descriptors(photo)) is not None]
    words = KMeans(n_clusters=_WORDS, n_init="auto", random_state=_SEED).fit(np.concatenate(found))
    return np.asarray(words.cluster_centers_, np.float32)


def earlier_sift(centres: NDArray[np.float32]) -> Recipe:
    """How often each word occurs in a photo: (n, 200) float64 counts, zeros where SIFT finds nothing."""
    # Centres are the fixed point of one more step from themselves, so no fitted object needs to be kept.
    words = KMeans(n_clusters=len(centres), init=centres, n_init=1, max_iter=1).fit(centres)

    def count(photo: Photo) -> NDArray[np.floating]:
        descriptors = _descriptors(photo)
        found = words.predict(descriptors) if descriptors is not None else np.empty(0, np.int64)
        return np.bincount(found, minlength=len(centres)).astype(np.float64)

    return lambda photos: np.stack([count(photo) for photo in photos])


def _descriptors(photo: Photo) -> NDArray[np.float32] | None:
    """(n, 128) of the colour crop, which OpenCV turns to grey itself; None where there is no keypoint."""
    found: Any = cv2.SIFT.create().detectAndCompute(earlier_crop(photo), None)[1]
    return None if found is None else np.asarray(found, np.float32)


def earlier_resnet152(network: torch.nn.Module, *, trained: bool) -> Recipe:
    """(n, 2048) float32 of a ResNet152 without its last layer, with torchvision's own transforms for its weights.

    An untrained network's vectors are as long as 1e9, on which libsvm, given unscaled vectors, does not come to an
    end; they alone are scaled to unit length.
    """
    transforms = ResNet152_Weights.IMAGENET1K_V2.transforms()

    def embed(photos: Iterable[Photo]) -> NDArray[np.floating]:
        with torch.inference_mode():
            inputs = (transforms(Image.fromarray(photo)) for photo in photos)
            vectors = np.concatenate([network(torch.stack(batch)).numpy() for batch in _batches(inputs)])
            return vectors if trained else unit_rows(vectors)

    return embed


def _batches(inputs: Iterator[torch.Tensor]) -> Iterator[list[torch.Tensor]]:
    while batch := list(islice(inputs, _BATCH)):
        yield batch


def vectors_of_files(recipe: Recipe, files: Sequence[Path]) -> NDArray[np.floating]:
    """(n, d) of the photos in the files, which are decoded on two threads while the recipe runs."""
    return recipe(_read(files))


def _read(files: Sequence[Path]) -> Iterator[Photo]:
    return ordered_map(images.read, files, workers=2)
