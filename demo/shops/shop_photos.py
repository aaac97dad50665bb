"""The rendered photos as each shop shows them: its own size, margin, table and file format."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.shops.stock.apparel import draw_apparel
from demo.shops.stock.offer import ShopPhoto
from sneakers_ml.errors import DataError

__all__ = ["FORMS", "STYLES", "PhotoStyle", "photo_bytes"]

Pixels = NDArray[np.uint8]

FORMS = {"jpeg": ("image/jpeg", ".jpg"), "png": ("image/png", ".png"), "webp": ("image/webp", ".webp")}
"""Content type and OpenCV's name of the encoder."""
THUMBNAIL = 160
"""Longest side of what a thumbnail is made of, however large it is then blown up."""
KIDS_WIDTH = 0.88
"""Children's shoes are as high and not as long."""


@dataclass(frozen=True, slots=True)
class PhotoStyle:
    """How a shop frames its photos."""

    size: tuple[int, int]
    """Width and height in pixels."""
    crop: float
    """The share of the rendered photo, around its middle, that is kept."""
    tint: tuple[int, int, int]
    """RGB of what the renderer left white."""
    quality: int


STYLES: dict[str, PhotoStyle] = {
    "sneakerbaas": PhotoStyle((400, 320), 1.0, (255, 255, 255), 88),
    "superkicks": PhotoStyle((380, 380), 0.96, (246, 240, 228), 84),
    "highsnobiety": PhotoStyle((320, 400), 0.98, (238, 239, 241), 90),
    "kickscrew": PhotoStyle((384, 384), 0.94, (255, 255, 255), 86),
    "footshop": PhotoStyle((390, 390), 1.0, (245, 248, 252), 85),
}


def photo_bytes(folder: Path, shop: str, photo: ShopPhoto, width: int | None = None) -> bytes:
    """The photo's file; with `width` a thumbnail of so many pixels, which past 160 are blurred ones.

    The rendered photo is never enlarged for the original; one set of library versions always gives the same bytes.

    Raises:
        DataError: the rendered photo is missing.
    """
    style = STYLES[shop]
    picture = _framed(_source(folder, photo), style)
    order = cv2.COLOR_RGB2BGR
    if photo.form == "png":  # the table fades to transparent; on white the photo looks as before
        far = 255.0 - picture.min(axis=2).astype(np.float32)
        alpha = np.clip((far - 8) * 255 / 24, 0, 255).astype(np.uint8)
        picture, order = np.dstack([picture, alpha]), cv2.COLOR_RGBA2BGRA
    if width is not None:
        height = max(1, round(width * picture.shape[0] / picture.shape[1]))
        picture = _resize(_scaled(picture, min(1.0, THUMBNAIL / max(picture.shape[:2]))), width, height)
    options = {
        "jpeg": [cv2.IMWRITE_JPEG_QUALITY, style.quality],
        "png": [cv2.IMWRITE_PNG_COMPRESSION, 3],
        "webp": [cv2.IMWRITE_WEBP_QUALITY, style.quality],
    }[photo.form]
    _, data = cv2.imencode(FORMS[photo.form][1], cv2.cvtColor(picture, order), options)
    return bytes(data.tobytes())


def _source(folder: Path, photo: ShopPhoto) -> Pixels:
    number, is_apparel, colour = photo.source.partition(":")
    if is_apparel:
        return draw_apparel(int(number), colour)
    decoded = cv2.imread(str(folder / photo.source), cv2.IMREAD_COLOR_RGB)
    if decoded is None:
        raise DataError(f"{folder / photo.source}: missing or damaged; draw the demo anew with `sneakers demo`.")
    picture: Pixels = np.asarray(decoded, np.uint8)
    return _resize(picture, round(picture.shape[1] * KIDS_WIDTH), picture.shape[0]) if photo.kids else picture


def _framed(picture: Pixels, style: PhotoStyle) -> Pixels:
    """Cropped, made to fit the canvas, the table continued to its edges and tinted."""
    height, width = picture.shape[:2]
    top, left = round(height * (1 - style.crop) / 2), round(width * (1 - style.crop) / 2)
    picture = picture[top : height - top, left : width - left]
    picture = _scaled(picture, min(1.0, style.size[0] / picture.shape[1], style.size[1] / picture.shape[0]))
    across, down = style.size[0] - picture.shape[1], style.size[1] - picture.shape[0]
    edges = (down // 2, down - down // 2, across // 2, across - across // 2)
    levels = np.arange(256, dtype=np.float32)[:, None] * (np.array(style.tint, np.float32) / 250)
    table = np.clip(np.round(levels), 0, 255).astype(np.uint8)[None]
    return np.asarray(cv2.LUT(cv2.copyMakeBorder(picture, *edges, cv2.BORDER_REPLICATE), table), np.uint8)


def _scaled(picture: Pixels, scale: float) -> Pixels:
    return _resize(picture, round(picture.shape[1] * scale), round(picture.shape[0] * scale))


def _resize(picture: Pixels, width: int, height: int) -> Pixels:
    if (width, height) == (picture.shape[1], picture.shape[0]):
        return picture
    how = cv2.INTER_AREA if width * height < picture.shape[0] * picture.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (width, height), interpolation=how), np.uint8)
