"""The gallery: every photo of the catalogue in a vector store, answers grouped so that a product appears once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.index.vector_store import VectorStore

__all__ = ["Gallery", "Hit", "vector_id"]

_PHOTOS_A_PRODUCT = 4


def vector_id(photo_id: str) -> int:
    """The 63-bit id under which a photo's vector is kept: the head of its SHA-1."""
    return int(photo_id[:16], 16) >> 1


@dataclass(frozen=True, slots=True)
class Hit:
    """A product, its best photo, and that photo's cosine similarity to the query."""

    product_id: str
    photo_id: str
    score: float


class Gallery:
    """Photos of products under their vectors.

    Args:
        store: holds a vector for each photo under `vector_id(photo_id)`.
        products: photo id -> product id, for each photo in the store.
    """

    def __init__(self, store: VectorStore, products: Mapping[str, str]) -> None:
        self._store = store
        self._photos = {vector_id(photo): (photo, product) for photo, product in products.items()}

    def __len__(self) -> int:
        return len(self._photos)

    def __iter__(self) -> Iterator[str]:
        """Ids of the photos."""
        return (photo for photo, _ in self._photos.values())

    def __contains__(self, photo_id: object) -> bool:
        """Whether it shows a photo; anything may be asked about, as addresses of pages hold what people wrote."""
        try:
            return self._photos[vector_id(str(photo_id))][0] == photo_id
        except (KeyError, ValueError):
            return False

    def add(self, photo_ids: list[str], product_ids: list[str], vectors: NDArray[np.float32]) -> None:
        """Show (n, d) unit vectors of new photos; nothing is rebuilt.

        Raises:
            DataError: when a photo is there already or a vector isn't of unit length.
        """
        shown = {vector_id(photo): (photo, product) for photo, product in zip(photo_ids, product_ids, strict=True)}
        self._store.add(np.array([vector_id(photo) for photo in photo_ids], np.int64), vectors)
        self._photos |= shown

    def remove(self, product_ids: Iterable[str]) -> int:
        """Take products out; returns how many photos went. Unknown products are ignored."""
        gone = set(product_ids)
        ids = [key for key, (_, product) in self._photos.items() if product in gone]
        for key in ids:
            del self._photos[key]
        return self._store.remove(np.array(ids, np.int64))

    def vectors(self, photo_ids: Sequence[str]) -> NDArray[np.float32]:
        """(n, d) unit vectors of n of its photos.

        Raises:
            KeyError: when one isn't shown.
        """
        return self._store.vectors(np.array([vector_id(photo) for photo in photo_ids], np.int64))

    def product(self, photo_id: str) -> str:
        """The product that a photo shows.

        Raises:
            KeyError: when it isn't shown.
        """
        return self._photos[vector_id(photo_id)][1]

    def search(self, vector: NDArray[np.float32], top: int, wanted: Callable[[str], bool] | None = None) -> list[Hit]:
        """The `top` most similar products, best first, each by its best photo.

        Args:
            vector: (d,) of unit length.
            top: how many products; fewer come back when there are no more.
            wanted: tells by product id which may be answered; None for all.
        """
        allowed = None
        if wanted is not None:
            allowed = np.array([key for key, (_, product) in self._photos.items() if wanted(product)], np.int64)
        available = len(self._photos) if allowed is None else len(allowed)
        depth = min(available, top * _PHOTOS_A_PRODUCT)
        while depth:
            hits = self._best_of_products(vector, depth, allowed)
            if len(hits) >= top or depth >= available:
                return hits[:top]
            depth = min(available, depth * 4)
        return []

    def nearest(self, vector: NDArray[np.float32], count: int) -> list[Hit]:
        """The `count` most similar photos, best first, however many are of one product; fewer where there are no more.

        Args:
            vector: (d,) of unit length.
            count: how many photos.
        """
        if not self._photos:
            return []
        scores, ids = self._store.search(vector[None], min(count, len(self._photos)), None)
        found = zip(scores[0].tolist(), ids[0].tolist(), strict=True)
        photos = ((score, *self._photos[key]) for score, key in found if key >= 0)
        return [Hit(product, photo, score) for score, photo, product in photos]

    def _best_of_products(self, vector: NDArray[np.float32], depth: int, allowed: Any) -> list[Hit]:
        scores, ids = self._store.search(vector[None], depth, allowed)
        best: dict[str, Hit] = {}
        for score, key in zip(scores[0].tolist(), ids[0].tolist(), strict=True):
            if key >= 0:
                photo, product = self._photos[key]
                best.setdefault(product, Hit(product, photo, score))
        return list(best.values())
