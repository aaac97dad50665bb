"""The brand's name in small letters on the heel of the sole or on the heel panel."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from demo.render.layers import HEIGHT, SCALE, WIDTH, Drawing, to_pixels
from demo.render.outline import Frame

__all__ = ["draw_word", "word_mask"]


@lru_cache(maxsize=64)
def word_mask(text: str, size: int) -> NDArray[np.uint8]:
    """White letters on black in the font that Pillow brings along, (h, w)."""
    font = ImageFont.load_default(size)
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("L", (int(right - left) + 4, int(bottom - top) + 4), 0)
    ImageDraw.Draw(image).text((2 - left, 2 - top), text, fill=255, font=font)
    return np.asarray(image, np.uint8)


def draw_word(drawing: Drawing, frame: Frame, medial: bool) -> None:
    """Letters on the sole beneath the heel. The medial side is seen mirrored, so its letters are written mirrored."""
    s = frame.spec
    if s.sole in ("pods", "waffle", "vulc", "chunky", "lug"):
        return
    room = 0.24 * s.heel_sole
    word = word_mask(s.brand.name.upper(), max(int(room * SCALE), 9))
    if medial:
        word = word[:, ::-1]
    centre = to_pixels(np.array([(0.20 if medial else 0.17, 0.62 * frame.seam(0.2) + 0.004)]))[0]
    x, y = int(centre[0] - word.shape[1] / 2), int(centre[1] - word.shape[0] / 2)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[y : y + word.shape[0], x : x + word.shape[1]] = word
    slope = np.degrees(np.arctan2(frame.seam(0.3) - frame.seam(0.1), 0.2))
    turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), float(slope), 1.0)
    turned = np.asarray(cv2.warpAffine(mask, turn, (WIDTH, HEIGHT)), np.uint8)
    drawing.coat("word", turned, alpha=0.9, lift=-0.5, soft=0.8)
