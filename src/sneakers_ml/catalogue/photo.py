"""One photo of a listing, normalised."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sneakers_ml import images
from sneakers_ml.catalogue.duplicates import Fingerprint, fingerprint
from sneakers_ml.errors import BadImage
from sneakers_ml.workspace.params import PhotosParams

__all__ = ["NormalisedPhoto", "normalise_photo"]


@dataclass(frozen=True)
class NormalisedPhoto:
    """A photo's id, its size in pixels and what tells near-duplicates; its JPEG, unless that is on the disk already."""

    photo_id: str
    width: int
    height: int
    fingerprint: Fingerprint
    jpeg: bytes = b""


def normalise_photo(params: PhotosParams, path: Path) -> NormalisedPhoto | str:
    """Read one photo, scale it down and take its fingerprint; where it cannot be read, the reason as a sentence."""
    try:
        pixels = images.read(path, longest_side=params.longest_side)
    except BadImage as error:
        return str(error)
    height, width = pixels.shape[:2]
    digest = hashlib.sha1(repr(pixels.shape).encode(), usedforsecurity=False)
    digest.update(np.ascontiguousarray(pixels).tobytes())
    jpeg = images.encode_jpeg(pixels, params.jpeg_quality)
    return NormalisedPhoto(digest.hexdigest(), width, height, fingerprint(pixels), jpeg)
