"""What the recogniser answers: frozen values, ready for a chat, a page or a line of JSON."""

from __future__ import annotations

from dataclasses import dataclass

from sneakers_ml.images.region import Region
from sneakers_ml.inference.evidence import Relation

__all__ = ["Answer", "BrandScore", "Neighbour", "Offer", "Region", "Relation"]


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
    """A product of the gallery; `score` is the cosine similarity of its best photo, in [-1, 1].

    `relation` says whether it is the sneaker of the photo ("same"), the same model in another colour ("same model"), or
    looks like it ("similar").
    """

    product_id: str
    score: float
    title: str
    brand: str
    photo_id: str
    offers: tuple[Offer, ...] = ()
    relation: Relation = "similar"


@dataclass(frozen=True, slots=True)
class Answer:
    """One photo's answer.

    `sneaker` is False where the photo shows none. `known` is False there, and where the brand is none that the model
    knows; `brand` is then only the best guess. `alternatives` holds the other brands by falling confidence;
    `neighbours` the most similar products, best first, none where nothing is alike; `region` is the part of the photo
    that was looked at.
    """

    brand: str
    confidence: float
    known: bool
    alternatives: tuple[BrandScore, ...]
    neighbours: tuple[Neighbour, ...]
    region: Region
    sneaker: bool = True
