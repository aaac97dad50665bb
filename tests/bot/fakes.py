"""A recogniser that answers by the colour of a photo, so that a test chooses what happens by the photo it sends."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import BundleError
from sneakers_ml.serving.answer import Answer, BrandScore, Neighbour, Offer, Region
from tests.support.corpus import encode

__all__ = ["COLOURS", "SHADES", "SLOW_S", "FakeRecognizer", "flat", "photo_of"]

SLOW_S = 2.5
COLOURS = {
    "plain": (200, 200, 200),
    "slow": (220, 20, 20),
    "crash": (20, 20, 220),
    "unknown": (20, 220, 20),
    "lonely": (20, 20, 20),
    "gap": (220, 220, 20),
}
"""Meaning of a photo's colour; `gap` has a neighbour whose thumbnail is missing."""
SHADES = {f"photo-{number}": 25 * number for number in range(1, 11)}
"""Grey of each thumbnail of the gallery, by photo id: the picture of `photo-3` is 75 all over."""


def flat(colour: tuple[int, int, int], *, width: int = 400, height: int = 300) -> bytes:
    """JPEG of one colour."""
    return encode(np.full((height, width, 3), colour, dtype=np.uint8), quality=95)


def photo_of(meaning: str, *, width: int = 400, height: int = 300) -> bytes:
    """The JPEG to send so that the recogniser does what `meaning` says."""
    return flat(COLOURS[meaning], width=width, height=height)


class FakeRecognizer:
    """Answers as `bot.answering.PhotoAnswerer` asks; `region` tells the size of the photo that arrived."""

    def answer(self, photo: NDArray[np.uint8], *, top: int = 5) -> Answer:
        meaning = _meaning(photo)
        if meaning == "crash":
            raise RuntimeError("the model fell over")
        if meaning == "slow":
            time.sleep(SLOW_S)
        known = meaning != "unknown"
        return Answer(
            brand="Nike" if known else "Puma",
            confidence=0.93 if known else 0.21,
            known=known,
            alternatives=(BrandScore("Dr. Martens & Co", 0.06), BrandScore("adidas", 0.01)),
            neighbours=_neighbours({"unknown": 1, "lonely": 0}.get(meaning, top), gap=meaning == "gap"),
            region=Region(0, 0, photo.shape[1], photo.shape[0]),
        )

    def thumbnail(self, photo_id: str) -> bytes:
        if photo_id not in SHADES:
            raise BundleError(f"no thumbnail {photo_id}")
        return flat((SHADES[photo_id],) * 3, width=64, height=48)


def _meaning(photo: NDArray[np.uint8]) -> str:
    mean = photo.reshape(-1, 3).mean(axis=0)
    near = {name: float(np.abs(mean - colour).max()) for name, colour in COLOURS.items()}
    return min(near, key=lambda name: near[name]) if min(near.values()) < 20 else "plain"


def _neighbours(count: int, *, gap: bool) -> tuple[Neighbour, ...]:
    return tuple(
        Neighbour(
            product_id=f"product-{number}",
            score=1 - number / 20,
            title=f"Air <Max> & {number}",
            brand="Nike",
            photo_id="gone" if gap and number == 2 else f"photo-{number}",
            offers=(
                Offer("superkicks", f"https://superkicks.example/p?id={number}&s=1", 129.5, "USD"),
                Offer("sneakerbaas", None, 11990.0, "RUB"),
            ),
        )
        for number in range(1, count + 1)
    )
