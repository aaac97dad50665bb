"""Colour profiles: what a file's numbers mean, and how they come to be sRGB (ICC.1:2022)."""

from __future__ import annotations

import io
from functools import cache, lru_cache

import numpy as np
from PIL import Image, ImageCms

__all__ = ["srgb_transform"]

_HEAVIEST = 4 * 2**20  # bytes; the tables of printing presses take up to three millions
_SAME = 2  # levels of a byte by which a profile that stands for sRGB may differ from it


@lru_cache(maxsize=16)  # shops and cameras have a few
def srgb_transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """What turns colours to sRGB; None where there is nothing to do or to be done.

    That is where the profile stands for sRGB, is damaged, or is of another kind of colours than the picture's.

    Args:
        profile: the ICC profile of a picture.
        mode: Pillow's mode of that: L, RGB or CMYK.
    """
    if len(profile) > _HEAVIEST:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        transform = ImageCms.buildTransform(source, _srgb(), mode, "RGB")
        if mode == "CMYK":
            return transform
        steps = np.linspace(0, 255, 9).astype(np.uint8)
        colours = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
        sample = Image.fromarray(colours).convert(mode)
        difference = np.asarray(ImageCms.applyTransform(sample, transform), int) - np.asarray(
            sample.convert("RGB"), int
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    return transform if np.abs(difference).max() > _SAME else None


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
