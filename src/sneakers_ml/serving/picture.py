"""An answer as one picture: the query beside its most similar sneakers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from sneakers_ml.serving.answer import Answer, Region
from sneakers_ml.serving.formatting import brand_line, display_title, price_line, relation_line

if TYPE_CHECKING:  # a frame needs no models
    from sneakers_ml.serving.recognizer import Recognizer

__all__ = ["draw_answer", "framed"]

_TILE, _TEXT, _GAP = 260, 62, 16
_INK, _FAINT, _FRAME = (32, 32, 36), (120, 120, 128), (224, 90, 50)


def draw_answer(photo: NDArray[np.uint8], answer: Answer, recognizer: Recognizer) -> Image.Image:
    """The query with the region looked at framed, the brand below it, and a tile for each neighbour."""
    columns = len(answer.neighbours) + 1
    canvas = Image.new("RGB", (columns * (_TILE + _GAP) + 2 * _GAP, _TILE + _TEXT + 2 * _GAP), "white")
    draw = ImageDraw.Draw(canvas)
    _paste(canvas, framed(photo, answer.region), _GAP)
    _write(draw, _GAP, brand_line(answer), "the photo asked about")
    for number, neighbour in enumerate(answer.neighbours, start=1):
        left = number * (_TILE + _GAP) + 2 * _GAP
        _paste(canvas, Image.open(io.BytesIO(recognizer.thumbnail(neighbour.photo_id))), left)
        details = " · ".join(
            [f"{relation_line(neighbour.relation)} {neighbour.score:.2f}", *map(price_line, neighbour.offers[:2])]
        )
        _write(draw, left, display_title(neighbour.title), details)
    draw.line([(_TILE + 2 * _GAP, _GAP), (_TILE + 2 * _GAP, canvas.height - _GAP)], fill=(220, 220, 224), width=2)
    return canvas


def framed(photo: NDArray[np.uint8], region: Region, *, thickness: float = 1 / 150) -> Image.Image:
    """The photo (H, W, 3) with a frame around a part of it, as thick as that share of the photo's longest side."""
    picture = Image.fromarray(photo)
    box = (region.left, region.top, region.right - 1, region.bottom - 1)
    ImageDraw.Draw(picture).rectangle(box, outline=_FRAME, width=max(2, int(max(picture.size) * thickness)))
    return picture


def _paste(canvas: Image.Image, image: Image.Image, left: int) -> None:
    image.thumbnail((_TILE, _TILE))
    canvas.paste(image, (left + (_TILE - image.width) // 2, _GAP + (_TILE - image.height) // 2))


def _write(draw: ImageDraw.ImageDraw, left: int, headline: str, details: str) -> None:
    top = _GAP + _TILE + 8
    for text, size, down, colour in ((headline, 17, 0, _INK), (details, 14, 26, _FAINT)):
        font = ImageFont.load_default(size)
        fitted = text
        while fitted and draw.textlength(fitted, font=font) > _TILE:
            fitted = fitted[:-2].rstrip() + "…"
        draw.text((left, top + down), fitted, colour, font=font)
