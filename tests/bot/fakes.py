"""A recogniser that answers by the colour of a photo, so that a test chooses what happens by the photo it sends."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import BundleError
from sneakers_ml.serving.answer import (
    Answer,
    BrandScore,
    BundleFacts,
    Description,
    Match,
    Neighbour,
    Offer,
    Region,
    WordScore,
)
from sneakers_ml.serving.filters import ProductFilter
from sneakers_ml.serving.products import Product
from sneakers_ml.serving.steering import Steering
from tests.support.corpus import encode

__all__ = ["COLOURS", "PRODUCTS", "SHADES", "SLOW_S", "FakeLive", "FakeRecognizer", "flat", "photo_of"]

SLOW_S, STUCK_S = 2.5, 60.0
COLOURS = {
    "plain": (200, 200, 200),
    "slow": (220, 20, 20),
    "stuck": (120, 20, 120),
    "crash": (20, 20, 220),
    "unknown": (20, 220, 20),
    "lonely": (20, 20, 20),
    "gap": (220, 220, 20),
    "nothing": (20, 220, 220),
    "cropped": (220, 20, 220),
    "puma": (120, 60, 20),
}
"""Meaning of a photo's colour; `gap` has a neighbour whose thumbnail is missing, `nothing` shows no sneaker, `cropped`
is looked at in its middle, `puma` is of another brand than the rest."""
SHADES = {f"photo-{number}": 20 * number for number in range(1, 13)}
"""Grey of each thumbnail of the gallery, by photo id: the picture of `photo-3` is 60 all over."""
PRODUCTS = {
    f"product-{number}": Product(
        title=f"Air <Max> & {number}",
        brand="nike" if number % 2 else "adidas",
        offers=(
            Offer("superkicks", f"https://superkicks.example/p?id={number}&s=1", 100.0 * number + 29.5, "USD"),
            Offer("sneakerbaas", None, 11990.0, "RUB"),
        ),
        colours=frozenset({"red"} if number % 3 == 0 else {"white"}),
    )
    for number in range(1, 13)
}
"""Twelve products at 129.50, 229.50 … 1,229.50 dollars; those of odd numbers are of Nike, every third is red."""


def flat(colour: tuple[int, int, int], *, width: int = 400, height: int = 300) -> bytes:
    """JPEG of one colour."""
    return encode(np.full((height, width, 3), colour, dtype=np.uint8), quality=95)


def photo_of(meaning: str, *, width: int = 400, height: int = 300) -> bytes:
    """The JPEG to send so that the recogniser does what `meaning` says."""
    return flat(COLOURS[meaning], width=width, height=height)


class FakeRecognizer:
    """Answers as `bot.asking.PhotoAnswerer` asks."""

    products = MappingProxyType(PRODUCTS)
    brands = ("nike", "puma", "dr. martens & co", "adidas")
    facts = BundleFacts("0.1.0", "hog-svm", 4, 12, 12, 0.876, date(2026, 1, 31))

    def __init__(self, work_s: float = 0.0) -> None:
        self._work_s = work_s

    def answer(
        self, photo: NDArray[np.uint8], *, top: int, skip: int, products: ProductFilter, steering: Steering
    ) -> Answer:
        meaning = _meaning(photo)
        if meaning == "crash":
            raise RuntimeError("the model fell over")
        time.sleep({"slow": SLOW_S, "stuck": STUCK_S}.get(meaning, self._work_s))
        known, sneaker = meaning != "unknown", meaning != "nothing"
        height, width = photo.shape[:2]
        whole = Region(0, 0, width, height)
        count = {"unknown": 1, "lonely": 0, "nothing": 0}.get(meaning, 12)
        brand = "puma" if meaning in ("unknown", "puma") else "nike"
        return Answer(
            brand=brand,
            confidence=0.93 if known else 0.21,
            known=known and sneaker,
            alternatives=(BrandScore("dr. martens & co", 0.06), BrandScore("adidas", 0.01)),
            neighbours=tuple(_neighbours(count, products, steering, gap=meaning == "gap")[skip : skip + top]),
            region=Region(width // 4, height // 4, width * 3 // 4, height * 3 // 4) if meaning == "cropped" else whole,
            sneaker=sneaker,
            words=Description((WordScore("red", 0.9), WordScore("white", 0.6)), WordScore("low top", 0.8))
            if known and sneaker
            else Description(),
        )

    def more_like(
        self, photo_id: str, *, top: int, skip: int, products: ProductFilter, steering: Steering
    ) -> tuple[Neighbour, ...]:
        self.product_of(photo_id)
        found = [each for each in _neighbours(12, products, steering) if each.photo_id != photo_id]
        return tuple(found[skip : skip + top])

    def product_of(self, photo_id: str) -> Product:
        if photo_id not in SHADES:
            raise BundleError(f"no photo {photo_id}")
        return PRODUCTS[photo_id.replace("photo", "product")]

    def thumbnail(self, photo_id: str) -> bytes:
        if photo_id not in SHADES:
            raise BundleError(f"no thumbnail {photo_id}")
        return flat((SHADES[photo_id],) * 3, width=64, height=48)


class FakeFinder:
    """Finds the products whose number stands among the words, or all for "all"."""

    def find(self, text: str, *, top: int, skip: int, products: ProductFilter) -> list[Match]:
        found = [
            Match(each.product_id, each.score, each.title, each.brand, each.photo_id, each.offers)
            for each in _neighbours(12, products, Steering())
            if text == "all" or each.product_id.split("-")[1] in text.split()
        ]
        return found[skip : skip + top]


@dataclass
class FakeServing:
    """What a bundle gives."""

    recognizer: FakeRecognizer = field(default_factory=FakeRecognizer)
    finder: FakeFinder = field(default_factory=FakeFinder)


class FakeLive:
    """A bundle that is another one as soon as a file says so, and broken where it says "broken"."""

    def __init__(self, signal: Path | None = None, work_s: float = 0.0) -> None:
        self.current = FakeServing(FakeRecognizer(work_s))
        self._signal, self._seen = signal, ""

    def refresh(self) -> bool:
        said = self._signal.read_text() if self._signal and self._signal.exists() else ""
        if said == self._seen:
            return False
        self._seen = said
        if said == "broken":
            raise BundleError("the bundle is broken")
        self.current = FakeServing()
        return True


def _meaning(photo: NDArray[np.uint8]) -> str:
    mean = photo.reshape(-1, 3).mean(axis=0)
    near = {name: float(np.abs(mean - colour).max()) for name, colour in COLOURS.items()}
    return min(near, key=lambda name: near[name]) if min(near.values()) < 20 else "plain"


def _neighbours(count: int, products: ProductFilter, steering: Steering, *, gap: bool = False) -> list[Neighbour]:
    less = {photo.replace("photo", "product") for photo in steering.less}
    return [
        Neighbour(
            product_id=product_id,
            score=1 - number / 20,
            title=product.title,
            brand=product.brand,
            photo_id="gone" if gap and number == 2 else f"photo-{number}",
            offers=product.offers,
            relation="same" if number == 1 else "same model" if number == 2 else "similar",
        )
        for number, (product_id, product) in enumerate(PRODUCTS.items(), start=1)
        if product.passes(products) and product_id not in less and number <= count
    ]
