"""What the recogniser answers: frozen values, ready for a chat, a page or a line of JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sneakers_ml.images.region import Region
from sneakers_ml.inference.evidence import Relation

__all__ = [
    "Answer",
    "BrandScore",
    "BundleFacts",
    "Description",
    "Match",
    "Neighbour",
    "Offer",
    "Region",
    "Relation",
    "WordScore",
]


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
class Match:
    """A product that was asked for in words; `score` grows with how well it fits, `photo_id` is its best photo."""

    product_id: str
    score: float
    title: str
    brand: str
    photo_id: str
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbour(Match):
    """A product of the gallery; `score` is the cosine similarity of its best photo, in [-1, 1].

    `relation` says whether it is the sneaker of the photo ("same"), the same model in another colour ("same model"), or
    looks like it ("similar").
    """

    relation: Relation = "similar"


@dataclass(frozen=True, slots=True)
class WordScore:
    """A word for a photo: a probability in [0, 1] for colours and kinds, a cosine similarity for names of models."""

    word: str
    score: float


@dataclass(frozen=True, slots=True)
class Description:
    """A photo in words, the likeliest first; what is not sure enough is left out.

    `colours` and `kind` are terms of words.yaml, `models` names of models in the gallery that it looks like.
    """

    colours: tuple[WordScore, ...] = ()
    kind: WordScore | None = None
    models: tuple[WordScore, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One photo's answer.

    `sneaker` is False where the photo shows none. `known` is False there, and where the brand is none that the model
    knows; `brand` is then only the best guess. `alternatives` holds the other brands by falling confidence;
    `neighbours` the most similar products, best first, none where nothing is alike; `region` is the part of the photo
    that was looked at; `words` describe what is there, nothing where there is no sneaker.
    """

    brand: str
    confidence: float
    known: bool
    alternatives: tuple[BrandScore, ...]
    neighbours: tuple[Neighbour, ...]
    region: Region
    sneaker: bool = True
    words: Description = Description()


@dataclass(frozen=True, slots=True)
class BundleFacts:
    """What a bundle is made of, for people who ask.

    `model` is that which names brands, `accuracy` its share of right brands on validation photos of models that it was
    not trained on, `date` the day on which the newest offer was seen.
    """

    version: str
    model: str
    brands: int
    products: int
    photos: int
    accuracy: float | None
    date: date | None
