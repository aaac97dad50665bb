"""The gallery: every photo of the catalogue in a vector store, answers grouped so that a product appears once."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.index.filters import Facts, ProductFilter
from sneakers_ml.index.vector_store import SharedStore, VectorStore

__all__ = ["Gallery", "Hit", "vector_id"]

_PHOTOS_A_PRODUCT = 4
_FILTERS = 32  # whose photos are remembered


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
        store: holds a vector for each photo under `vector_id(photo_id)`; a shared one may hold more, not shown.
        products: photo id -> product id, for each photo in the store.
    """

    def __init__(self, store: VectorStore, products: Mapping[str, str]) -> None:
        self._store = store
        self._photos = {vector_id(photo): (photo, product) for photo, product in products.items()}
        self._passing: dict[ProductFilter, NDArray[np.int64]] = {}

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

    def add(
        self,
        photo_ids: list[str],
        product_ids: list[str],
        vectors: NDArray[np.float32],
        facts: Sequence[Facts] | None = None,
    ) -> None:
        """Show (n, d) unit vectors of new photos, with the n products' facts; nothing is rebuilt.

        Raises:
            DataError: when a photo is there already or a vector isn't of unit length.
        """
        shown = {vector_id(photo): (photo, product) for photo, product in zip(photo_ids, product_ids, strict=True)}
        self._store.add(np.array([vector_id(photo) for photo in photo_ids], np.int64), vectors, facts)
        self._photos |= shown
        self._passing.clear()

    def remove(self, product_ids: Iterable[str]) -> int:
        """Take products out; returns how many photos went. Unknown products are ignored."""
        gone = set(product_ids)
        ids = [key for key, (_, product) in self._photos.items() if product in gone]
        for key in ids:
            del self._photos[key]
        self._passing.clear()
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

    def search(
        self,
        vector: NDArray[np.float32],
        top: int,
        wanted: Callable[[str], bool] | None = None,
        *,
        where: ProductFilter | None = None,
        without: Container[str] = (),
    ) -> list[Hit]:
        """The `top` most similar products, best first, each by its best photo.

        Args:
            vector: (d,) of unit length.
            top: how many products; fewer come back when there are no more.
            wanted: tells by product id which may be answered; None for all.
            where: the filter that `wanted` applies, the same for the same one: a shared store applies it too, and for
                others the photos that pass are remembered, as people ask for the next page and for the same brands.
            without: products that are left out, few.
        """
        shared = isinstance(self._store, SharedStore) and (wanted is None or where is not None)
        allowed = None if wanted is None or shared else self._allowed(wanted, where)
        available = len(self._photos) if allowed is None else len(allowed)
        depth = top if shared else min(available, top * _PHOTOS_A_PRODUCT)
        while depth and available:
            if isinstance(self._store, SharedStore) and shared:
                scores, ids = self._store.search_products(vector, depth, where)
            else:
                found = self._store.search(vector[None], depth, allowed)
                scores, ids = found[0][0], found[1][0]
            best: dict[str, Hit] = {}
            for score, key in zip(scores.tolist(), ids.tolist(), strict=True):
                photo, product = self._photos.get(key, ("", ""))
                if photo and product not in without and (not shared or wanted is None or wanted(product)):
                    best.setdefault(product, Hit(product, photo, score))
            if len(best) >= top or (ids < 0).any() or (depth >= available and not shared):
                return list(best.values())[:top]
            depth = depth * 4 if shared else min(available, depth * 4)
        return []

    def nearest(self, vector: NDArray[np.float32], count: int) -> list[Hit]:
        """The `count` most similar photos, best first, however many are of one product; fewer where there are no more.

        Args:
            vector: (d,) of unit length.
            count: how many photos.
        """
        depth = count = min(count, len(self._photos))
        while depth:
            scores, ids = self._store.search(vector[None], depth, None)
            found = zip(scores[0].tolist(), ids[0].tolist(), strict=True)
            photos = ((score, *self._photos[key]) for score, key in found if key in self._photos)
            hits = [Hit(product, photo, score) for score, photo, product in photos]
            if len(hits) >= count or (ids < 0).any():
                return hits[:count]
            depth *= 4  # a shared store found photos that aren't shown
        return []

    def _allowed(self, wanted: Callable[[str], bool], where: ProductFilter | None) -> NDArray[np.int64]:
        """Ids of the photos of products that are wanted."""
        if where is not None and where in self._passing:
            return self._passing[where]
        passing = {product for product in {product for _, product in self._photos.values()} if wanted(product)}
        ids = np.array([key for key, (_, product) in self._photos.items() if product in passing], np.int64)
        if where is not None:
            while len(self._passing) >= _FILTERS:
                self._passing.pop(next(iter(self._passing), where), None)
            self._passing[where] = ids
        return ids
