"""One search from bytes or words to the results of a page; blocking, for a thread."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from bot.metrics import Metrics
from bot.searches import Search
from sneakers_ml import images
from sneakers_ml.errors import BadImage, SneakersError
from sneakers_ml.images import QUERY_SIDE
from sneakers_ml.serving.answer import Answer, BundleFacts, Match, Neighbour
from sneakers_ml.serving.filters import ProductFilter
from sneakers_ml.serving.picture import framed
from sneakers_ml.serving.products import Product
from sneakers_ml.serving.steering import Steering

__all__ = ["LiveServing", "Outcome", "PhotoAnswerer", "Served", "WordFinder", "ask"]

WHOLE = 0.9
"""A region of so much of the photo needs no frame."""

log = structlog.get_logger(__name__)


class PhotoAnswerer(Protocol):
    """The part of `sneakers_ml.serving.recognizer.Recognizer` that the bot uses; called from several threads."""

    @property
    def products(self) -> Mapping[str, Product]:
        """The products of the gallery."""
        ...

    @property
    def brands(self) -> tuple[str, ...]:
        """The brands that can be named."""
        ...

    @property
    def facts(self) -> BundleFacts:
        """What the bundle is made of."""
        ...

    def product_of(self, photo_id: str) -> Product:
        """The product that a photo of the gallery shows."""
        ...

    def answer(
        self, photo: NDArray[np.uint8], *, top: int, skip: int, products: ProductFilter, steering: Steering
    ) -> Answer:
        """Answer an upright RGB photo of shape (H, W, 3)."""
        ...

    def more_like(
        self, photo_id: str, *, top: int, skip: int, products: ProductFilter, steering: Steering
    ) -> tuple[Neighbour, ...]:
        """The products most similar to that of a photo of the gallery."""
        ...

    def thumbnail(self, photo_id: str) -> bytes:
        """The JPEG of a photo of the gallery."""
        ...


class WordFinder(Protocol):
    """The part of `sneakers_ml.serving.finder.Finder` that the bot uses."""

    def find(self, text: str, *, top: int, skip: int, products: ProductFilter) -> list[Match]:
        """The products that words ask for."""
        ...


class Served(Protocol):
    """What answers photos and words, of one bundle."""

    @property
    def recognizer(self) -> PhotoAnswerer: ...

    @property
    def finder(self) -> WordFinder: ...


class LiveServing(Protocol):
    """`sneakers_ml.serving.live.LiveBundle`."""

    @property
    def current(self) -> Served: ...

    def refresh(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search gave.

    `search` is what was asked with what was shown filled in; `answers` are of its photos, each with its place in the
    album; `matches` and their JPEGs are a page of results; `region` is the photo with a frame around the part that was
    looked at; `liked` is the title of the product whose like was asked for.
    """

    search: Search
    answers: tuple[tuple[int, Answer], ...] = ()
    matches: tuple[tuple[Match, bytes], ...] = ()
    region: bytes | None = None
    liked: str = ""


def ask(served: Served, search: Search, files: Sequence[bytes], top: int, metrics: Metrics) -> Outcome:
    """A page of `top` results.

    Raises:
        BadImage: none of the files is a photo that can be used; the error is the first one's.
        BundleError: the gallery photo that is asked about is not in this bundle.
    """
    products = ProductFilter(search.brand, search.min_price, search.max_price, search.currency, colour=search.colour)
    count, skip = top + 1, search.page * top  # one more tells of a next page
    steering = Steering(less=search.less)
    recognizer = served.recognizer
    answers: tuple[tuple[int, Answer], ...] = ()
    region, liked = None, ""
    found: Sequence[Match]
    if search.words is not None:
        found = served.finder.find(search.words, top=count, skip=skip, products=products)
    elif search.like is not None:
        liked = recognizer.product_of(search.like).title
        found = recognizer.more_like(search.like, top=count, skip=skip, products=products, steering=steering)
    else:
        photos = _decoded(files)
        for place, photo in photos:
            started = time.perf_counter()
            answer = recognizer.answer(photo, top=count, skip=skip, products=products, steering=steering)
            metrics.recognised(time.perf_counter() - started, answer.confidence if answer.sneaker else None)
            answers = (*answers, (place, answer))
        found = _interleaved([answer.neighbours for _, answer in answers])
        if len(files) == 1 and answers[0][1].sneaker and not search.page:
            region = _region(photos[0][1], answers[0][1])
    matches = tuple(_pictured(recognizer, found[:top]))
    brands, colours = _said([answer for _, answer in answers], found)
    shown = tuple(match.photo_id for match, _ in matches)
    kept = replace(
        search,
        shown=shown,
        brands=search.brands or brands,
        colours=search.colours or colours,
        more=len(found) > top,
    )
    return Outcome(kept, answers, matches, region, liked)


def _decoded(files: Sequence[bytes]) -> list[tuple[int, NDArray[np.uint8]]]:
    """Places and photos of those that can be used."""
    photos, faults = [], []
    for place, data in enumerate(files):
        try:
            photos.append((place, images.decode(data, longest_side=QUERY_SIDE)))
        except BadImage as error:
            faults.append(error)
    if not photos:
        raise faults[0]
    return photos


def _interleaved(results: Sequence[Sequence[Match]]) -> list[Match]:
    """The best of each photo, then the second of each, and so on; a product once."""
    ranked = chain.from_iterable(zip_longest(*results))
    return list({match.product_id: match for match in reversed(list(ranked)) if match}.values())[::-1]


def _pictured(recognizer: PhotoAnswerer, found: Sequence[Match]) -> list[tuple[Match, bytes]]:
    """Results with their pictures; a picture that is missing costs its result, not the whole answer."""
    pictured = []
    for match in found:
        try:
            pictured.append((match, recognizer.thumbnail(match.photo_id)))
        except (SneakersError, OSError) as error:
            log.warning("no thumbnail", photo=match.photo_id, why=str(error))
    return pictured


def _said(answers: Sequence[Answer], found: Sequence[Match]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Brands by falling confidence, and colours, that buttons offer: of the first photo, else of the first result."""
    for answer in answers:
        if answer.sneaker:
            brands = (answer.brand, *(other.brand for other in answer.alternatives))
            return brands, tuple(colour.word for colour in answer.words.colours)
    return tuple(dict.fromkeys(match.brand for match in found)), ()


def _region(photo: NDArray[np.uint8], answer: Answer) -> bytes | None:
    region = answer.region
    share = (region.right - region.left) * (region.bottom - region.top) / (photo.shape[0] * photo.shape[1])
    if share >= WHOLE:
        return None
    return images.encode_jpeg(np.asarray(framed(photo, region)))
