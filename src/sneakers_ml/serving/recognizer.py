"""Photo to Answer."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import BundleError
from sneakers_ml.features.extractor import open_extractor
from sneakers_ml.index.faiss_store import FaissStore
from sneakers_ml.index.gallery import Gallery
from sneakers_ml.index.spec import GALLERY, INDEX
from sneakers_ml.inference.brand_model import BrandModel
from sneakers_ml.serving.answer import Answer, Neighbour, Offer
from sneakers_ml.serving.brand_classifier import BrandClassifier, Query
from sneakers_ml.serving.filters import ProductFilter
from sneakers_ml.serving.manifest import BRAND, EMBEDDER, PRODUCTS, THUMBNAILS, BundleManifest, read_rows, verify
from sneakers_ml.vectors import unit_rows

__all__ = ["Product", "Recognizer"]

_WITNESSES = 5  # nearest products of which one must be of the brand that is named


@dataclass(frozen=True, slots=True)
class Product:
    """What the catalogue says of a product."""

    title: str
    brand: str
    offers: tuple[Offer, ...]


class Recognizer:
    """A loaded bundle; `answer`, `vector` and `thumbnail` may be called from several threads at once.

    `classifier` is the bundle's own; its extractor gives the vectors that the gallery is searched by.
    """

    def __init__(
        self,
        manifest: BundleManifest,
        classifier: BrandClassifier,
        gallery: Gallery,
        products: dict[str, Product],
        thumbnails: zipfile.ZipFile,
    ) -> None:
        self.manifest = manifest
        self.classifier = classifier
        self._gallery = gallery
        self._products = products
        self._thumbnails = thumbnails

    @classmethod
    def load(cls, folder: Path, *, threads: int = 0) -> Self:
        """Verify a bundle and load it.

        Args:
            folder: models/serving of a workspace.
            threads: of one network run; 0 for all cores, 1 when several photos are answered at a time.

        Raises:
            BundleError: when the bundle is missing, incomplete, changed or inconsistent.
        """
        manifest = verify(folder)
        spec, index = manifest.extractor, manifest.index
        products = {
            row["product_id"]: Product(row["title"], row["brand"], tuple(Offer(**offer) for offer in row["offers"]))
            for row in read_rows(folder / PRODUCTS)
        }
        shown = {row["photo_id"]: row["product_id"] for row in read_rows(folder / GALLERY)}
        if len(shown) != index.photos or not set(shown.values()) <= products.keys():
            raise BundleError(f"{folder}: gallery and products don't belong together; run `sneakers bundle`")
        extractor = open_extractor(spec, folder / EMBEDDER, threads=threads)
        return cls(
            manifest,
            BrandClassifier(manifest.brand.name, BrandModel(manifest.brand, folder / BRAND), extractor, spec),
            Gallery(FaissStore.load(folder / INDEX, dim=index.dim, count=index.photos), shown),
            products,
            zipfile.ZipFile(folder / THUMBNAILS),
        )

    def close(self) -> None:
        """Let go of the bundle's files."""
        self._thumbnails.close()

    @property
    def brands(self) -> tuple[str, ...]:
        """The brands it can name."""
        return self.classifier.model.spec.labels

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.manifest.extractor.dim

    def vector(self, photo: NDArray[np.uint8] | Query) -> NDArray[np.float32]:
        """(d,) unit vector of a photo (H, W, 3) RGB."""
        query = photo if isinstance(photo, Query) else Query(photo)
        row: NDArray[np.float32] = unit_rows(query.vector(self.classifier.extractor))[0]
        return row

    def answer(
        self,
        photo: NDArray[np.uint8] | Query,
        *,
        top: int = 5,
        products: ProductFilter | None = None,
        classifier: BrandClassifier | None = None,
    ) -> Answer:
        """Brand and the most similar products of a photo.

        Args:
            photo: (H, W, 3) RGB, upright, as `images.decode` gives it; or a query that other models are asked too.
            top: how many products.
            products: which products may be answered.
            classifier: names the brand instead of the bundle's own.
        """
        query = photo if isinstance(photo, Query) else Query(photo)
        prediction = (classifier or self.classifier).predict(query)
        first = prediction.brands[0]
        vector = self.vector(query)
        hits = nearest = self._gallery.search(vector, max(top, _WITNESSES))
        if products is not None:
            accepted = {key for key, each in self._products.items() if products.accepts(each.brand, each.offers)}
            hits = self._gallery.search(vector, top, accepted.__contains__)
        # Known takes a sure model, something alike in the gallery, and the brand among the nearest products.
        alike = bool(nearest) and nearest[0].score >= self.manifest.index.similarity_floor
        seen = {self._products[hit.product_id].brand for hit in nearest[:_WITNESSES]}
        neighbours = []
        for hit in hits[:top]:
            product = self._products[hit.product_id]
            neighbours.append(
                Neighbour(hit.product_id, hit.score, product.title, product.brand, hit.photo_id, product.offers)
            )
        return Answer(
            brand=first.brand,
            confidence=first.confidence,
            known=prediction.known and alike and first.brand in seen,
            alternatives=prediction.brands[1:],
            neighbours=tuple(neighbours),
            region=query.region,
        )

    def thumbnail(self, photo_id: str) -> bytes:
        """JPEG of a gallery photo.

        Raises:
            BundleError: when the gallery has no such photo.
        """
        try:
            return self._thumbnails.read(f"{photo_id}.jpg")
        except KeyError:
            raise BundleError(f"thumbnails: no photo {photo_id}") from None
