"""What the recogniser answers: frozen values, ready for a chat, a page or a line of JSON."""

from __future__ import annotations

from dataclasses import dataclass

from sneakers_ml.images.region import Region

__all__ = ["Answer", "BrandScore", "Neighbour", "Offer", "Region"]


@dataclass(frozen=True, slots=True)
class Offer:
    """Where a product can be bought; `price` is in units of `currency` (ISO 4217), None when unknown."""

    shop: str
    url: str | None = None
    price: float | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class BrandScore:
    """A brand and its calibrated probability in [0, 1]."""

    brand: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A product of the gallery; `score` is the cosine similarity of its best photo, in [-1, 1]."""

    product_id: str
    score: float
    title: str
    brand: str
    photo_id: str
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One photo's answer.

    `known` is False where the photo shows no brand the model knows, or no shoe; `brand` is then only the best guess.
    `alternatives` holds the other brands by falling confidence, `neighbours` the most similar products, best first;
    `region` is the part of the photo that was looked at.
    """

    brand: str
    confidence: float
    known: bool
    alternatives: tuple[BrandScore, ...]
    neighbours: tuple[Neighbour, ...]
    region: Region
