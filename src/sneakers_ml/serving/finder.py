"""Words to products."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import BundleError
from sneakers_ml.serving.answer import Match
from sneakers_ml.serving.filters import EVERYTHING, ProductFilter
from sneakers_ml.serving.manifest import BundleManifest, read_whole
from sneakers_ml.serving.products import Product, read_gallery
from sneakers_ml.text.lexicon import Lexicon, spoken, tokens_of
from sneakers_ml.text.search import WordIndex, WordSearch
from sneakers_ml.text.spec import PHOTO_VECTORS, TextSpec
from sneakers_ml.text.tower import TextTower, open_tower
from sneakers_ml.vectors import UNREADABLE

__all__ = ["Finder"]


class Finder:
    """The catalogue of a bundle, to be searched by words; `find` may be called from several threads at once.

    Like a `Recognizer`, it is loaded after a fork, not before.
    """

    def __init__(
        self,
        spec: TextSpec,
        search: WordSearch,
        tower: TextTower,
        vectors: NDArray[np.float32],
        products: dict[str, Product],
        shown: dict[str, str],
    ) -> None:
        """Of a bundle's parts.

        Args:
            spec: weight and floor of the vectors.
            search: over the products, in their order.
            tower: gives a query's vector.
            vectors: (photos, dim) in the space of the tower, in the order of `shown`.
            products: by their ids.
            shown: photo id -> product id.
        """
        self._spec, self._search, self._tower, self._products = spec, search, tower, products
        self._ids = list(products)
        place = {product: number for number, product in enumerate(self._ids)}
        owners = np.array([place[product] for product in shown.values()], np.int64)
        order = np.argsort(owners, kind="stable")
        self._photos = np.array(list(shown), np.str_)[order]
        self._vectors = vectors[order]
        self._first = np.searchsorted(owners[order], np.arange(len(self._ids)))

    @classmethod
    def load(cls, folder: Path, manifest: BundleManifest | None = None) -> Self:
        """Load what a search needs from a bundle, which is verified unless its manifest is given.

        Raises:
            BundleError: when the bundle is missing, incomplete, changed or inconsistent.
        """
        if manifest is None:
            return read_whole(folder, lambda verified: cls.load(folder, verified))
        spec, photos = manifest.text, manifest.index.photos
        products, shown = read_gallery(folder, photos)
        try:
            with (folder / PHOTO_VECTORS).open("rb") as file:
                stored = np.lib.format.read_array(file, allow_pickle=False)
            vectors = stored.astype(np.float32, casting="same_kind")
        except UNREADABLE:
            raise BundleError(f"{folder / PHOTO_VECTORS}: damaged; run `sneakers text` and `sneakers bundle`") from None
        index = WordIndex.load(folder)
        last = index.documents.max(initial=-1)
        if vectors.shape != (photos, spec.dim) or not last < index.size == len(products):
            raise BundleError(f"{folder}: words, vectors and products don't belong together; run `sneakers bundle`")
        search = WordSearch(index, Lexicon(spec.words))
        return cls(spec, search, open_tower(spec, folder), vectors, products, shown)

    def find(self, text: str, *, top: int = 10, skip: int = 0, products: ProductFilter = EVERYTHING) -> list[Match]:
        """The products that words ask for, best first.

        A product's score is the share of the words that it has (BM25) plus a weight times the cosine of its best photo
        to the words (a convex combination; Bruch et al., "An analysis of fusion functions for hybrid retrieval", TOIS
        2023). One that has none of the words, and no photo like them, is left out; so is everything where no word is
        known.

        Args:
            text: in English or Russian, typos allowed.
            top: how many products.
            skip: how many of the best to leave out: those of the pages before.
            products: which products may be answered.
        """
        meanings = self._search.understand(text)
        if not meanings:
            return []
        words = self._search.scores(meanings)
        cosines = np.zeros(len(self._vectors), np.float32)
        if spoken(tokens_of(meanings)):  # a code alone says nothing of what a shoe looks like
            cosines = self._vectors @ self._tower.vectors([meanings])[0]
        best = np.maximum.reduceat(cosines, self._first)
        scores = words + self._spec.weight * best
        fitting = (words > 0) | (best >= self._spec.floor)
        matches: list[Match] = []
        for place in np.argsort(-scores, kind="stable").tolist():
            product = self._products[self._ids[place]]
            if len(matches) == skip + top:
                break
            if fitting[place] and product.passes(products):
                photos = slice(self._first[place], self._first[place + 1] if place + 1 < len(self._ids) else None)
                photo = str(self._photos[photos][cosines[photos].argmax()])
                facts = product.title, product.brand, photo, product.offers
                matches.append(Match(self._ids[place], float(scores[place]), *facts))
        return matches[skip:]
