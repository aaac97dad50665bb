"""An answer as one picture: the query beside its most similar sneakers."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from sneakers_ml.serving.answer import Answer, Neighbour
from sneakers_ml.serving.recognizer import Recognizer
from sneakers_ml.serving.words import brand_line, price_line

__all__ = ["draw_answer"]

_TILE, _TEXT, _GAP = 260, 62, 16
_INK, _FAINT, _FRAME = (32, 32, 36), (120, 120, 128), (224, 90, 50)


def draw_answer(photo: NDArray[np.uint8], answer: Answer, recognizer: Recognizer) -> Image.Image:
    """The query with the region looked at framed, the brand below it, and a tile for each neighbour."""
    columns = len(answer.neighbours) + 1
    canvas = Image.new("RGB", (columns * (_TILE + _GAP) + 2 * _GAP, _TILE + _TEXT + 2 * _GAP), "white")
    draw = ImageDraw.Draw(canvas)
    _paste(canvas, _framed(photo, answer), _GAP)
    _write(draw, _GAP, brand_line(answer), "the photo asked about")
    for number, neighbour in enumerate(answer.neighbours, start=1):
        left = number * (_TILE + _GAP) + 2 * _GAP
        _paste(canvas, Image.open(io.BytesIO(recognizer.thumbnail(neighbour.photo_id))), left)
        _write(draw, left, neighbour.title, _facts(neighbour))
    draw.line([(_TILE + 2 * _GAP, _GAP), (_TILE + 2 * _GAP, canvas.height - _GAP)], fill=(220, 220, 224), width=2)
    return canvas


def _framed(photo: NDArray[np.uint8], answer: Answer) -> Image.Image:
    image, region = Image.fromarray(photo), answer.region
    width = max(2, max(image.size) // 150)
    ImageDraw.Draw(image).rectangle(
        (region.left, region.top, region.right - 1, region.bottom - 1), outline=_FRAME, width=width
    )
    return image


def _paste(canvas: Image.Image, image: Image.Image, left: int) -> None:
    image.thumbnail((_TILE, _TILE))
    canvas.paste(image, (left + (_TILE - image.width) // 2, _GAP + (_TILE - image.height) // 2))


def _write(draw: ImageDraw.ImageDraw, left: int, headline: str, facts: str) -> None:
    top = _GAP + _TILE + 8
    draw.text((left, top), _fitted(draw, headline, 17), _INK, font=ImageFont.load_default(17))
    draw.text((left, top + 26), _fitted(draw, facts, 14), _FAINT, font=ImageFont.load_default(14))


def _fitted(draw: ImageDraw.ImageDraw, text: str, size: int) -> str:
    font = ImageFont.load_default(size)
    while text and draw.textlength(text, font=font) > _TILE:
        text = text[:-2].rstrip() + "…"
    return text


def _facts(neighbour: Neighbour) -> str:
    return " · ".join([f"{neighbour.score:.2f}", *map(price_line, neighbour.offers[:2])])
