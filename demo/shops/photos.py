"""The rendered photos as each shop shows them: its own size, margin, table and file format."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.shops.non_shoes import draw_thing
from demo.shops.offer import ShopPhoto
from sneakers_ml.errors import DataError

__all__ = ["FORMS", "STYLES", "Style", "render_photo"]

Pixels = NDArray[np.uint8]

FORMS = {"jpeg": ("image/jpeg", ".jpg"), "png": ("image/png", ".png"), "webp": ("image/webp", ".webp")}
"""Content type and OpenCV's name of the encoder."""
THUMBNAIL = 160
"""Longest side of what a thumbnail is made of, however large it is then blown up."""
KIDS_WIDTH = 0.88
"""Children's shoes are as high and not as long."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a shop frames its photos."""

    size: tuple[int, int]
    """Width and height in pixels."""
    crop: float
    """The share of the rendered photo, around its middle, that is kept."""
    tint: tuple[int, int, int]
    """RGB of what the renderer left white."""
    quality: int


STYLES: dict[str, Style] = {
    "sneakerbaas": Style((400, 320), 1.0, (255, 255, 255), 88),
    "superkicks": Style((380, 380), 0.96, (246, 240, 228), 84),
    "highsnobiety": Style((320, 400), 0.98, (238, 239, 241), 90),
    "kickscrew": Style((384, 384), 0.94, (255, 255, 255), 86),
    "footshop": Style((390, 390), 1.0, (245, 248, 252), 85),
}


def render_photo(folder: Path, shop: str, photo: ShopPhoto, width: int | None = None) -> bytes:
    """The photo's file; with `width` a thumbnail of so many pixels, which past 160 are blurred ones.

    The rendered photo is never enlarged for the original; one set of library versions always gives the same bytes.

    Raises:
        DataError: the rendered photo is missing.
    """
    style = STYLES[shop]
    picture = _framed(_source(folder, photo), style)
    if photo.form == "png":
        picture = _cut_out(picture)
    if width is not None:
        picture = _thumbnail(picture, width)
    return _encode(picture, photo.form, style.quality)


def _source(folder: Path, photo: ShopPhoto) -> Pixels:
    number, is_thing, colour = photo.source.partition(":")
    if is_thing:
        return draw_thing(int(number), colour)
    decoded = cv2.imread(str(folder / photo.source), cv2.IMREAD_COLOR_RGB)
    if decoded is None:
        raise DataError(f"{folder / photo.source}: missing or damaged; draw the demo anew with `sneakers demo`.")
    picture: Pixels = np.asarray(decoded, np.uint8)
    return _resize(picture, round(picture.shape[1] * KIDS_WIDTH), picture.shape[0]) if photo.kids else picture


def _framed(picture: Pixels, style: Style) -> Pixels:
    """Cropped, made to fit the canvas, and the table continued to its edges."""
    height, width = picture.shape[:2]
    top, left = round(height * (1 - style.crop) / 2), round(width * (1 - style.crop) / 2)
    picture = picture[top : height - top, left : width - left]
    scale = min(1.0, style.size[0] / picture.shape[1], style.size[1] / picture.shape[0])
    picture = _resize(picture, round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    across, down = style.size[0] - picture.shape[1], style.size[1] - picture.shape[0]
    edges = (down // 2, down - down // 2, across // 2, across - across // 2)
    filled = np.asarray(cv2.copyMakeBorder(picture, *edges, cv2.BORDER_REPLICATE), np.uint8)
    return _tinted(filled, style.tint)


def _tinted(picture: Pixels, tint: tuple[int, int, int]) -> Pixels:
    levels = np.arange(256, dtype=np.float32)[:, None] * (np.array(tint, np.float32) / 250)
    table = np.clip(np.round(levels), 0, 255).astype(np.uint8)[None]
    return np.asarray(cv2.LUT(picture, table), np.uint8)


def _cut_out(picture: Pixels) -> Pixels:
    """(H, W, 4): the table fades to transparent; on white the photo looks as before."""
    far = 255.0 - picture.min(axis=2).astype(np.float32)
    alpha = np.clip((far - 8) * 255 / 24, 0, 255).astype(np.uint8)
    return np.dstack([picture, alpha])


def _thumbnail(picture: Pixels, width: int) -> Pixels:
    height = max(1, round(width * picture.shape[0] / picture.shape[1]))
    shrink = min(1.0, THUMBNAIL / max(picture.shape[:2]))
    small = _resize(picture, round(picture.shape[1] * shrink), round(picture.shape[0] * shrink))
    return _resize(small, width, height)


def _resize(picture: Pixels, width: int, height: int) -> Pixels:
    if (width, height) == (picture.shape[1], picture.shape[0]):
        return picture
    how = cv2.INTER_AREA if width * height < picture.shape[0] * picture.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (width, height), interpolation=how), np.uint8)


def _encode(picture: Pixels, form: str, quality: int) -> bytes:
    order = cv2.COLOR_RGBA2BGRA if picture.shape[2] == 4 else cv2.COLOR_RGB2BGR
    options = {
        "jpeg": [cv2.IMWRITE_JPEG_QUALITY, quality],
        "png": [cv2.IMWRITE_PNG_COMPRESSION, 3],
        "webp": [cv2.IMWRITE_WEBP_QUALITY, quality],
    }[form]
    _, data = cv2.imencode(FORMS[form][1], cv2.cvtColor(picture, order), options)
    return bytes(data.tobytes())
