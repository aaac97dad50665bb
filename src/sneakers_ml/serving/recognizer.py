"""Photo to Answer."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.brand_model import BrandModel
from sneakers_ml.errors import BundleError
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.extractor import LOADERS, Extractor, load_extractor, unit_rows
from sneakers_ml.index.gallery import Gallery, Hit
from sneakers_ml.index.spec import GALLERY, INDEX
from sneakers_ml.index.store import FaissStore
from sneakers_ml.serving.answer import Answer, Neighbour, Offer
from sneakers_ml.serving.manifest import BRAND, EMBEDDER, PRODUCTS, THUMBNAILS, BundleManifest, read_rows, verify
from sneakers_ml.serving.panel import ranked
from sneakers_ml.serving.wanted import Wanted

__all__ = ["BrandJudge", "Product", "Recognizer"]

_WITNESSES = 5  # nearest products of which one must be of the brand that is named


@dataclass(frozen=True, slots=True)
class Product:
    """What the catalogue says of a product."""

    title: str
    brand: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True)
class BrandJudge:
    """A brand model with the extractor it was trained on."""

    extractor: Extractor
    model: BrandModel

    @classmethod
    def load(cls, model_folder: Path, extractors: Path) -> Self:
        """Any trained model, for comparing it with the bundle's.

        Raises:
            BundleError: when the model or its extractor is missing or damaged.
        """
        model = BrandModel.open(model_folder)
        return cls(load_extractor(extractors / model.spec.extractor), model)


class Recognizer:
    """A loaded bundle; `answer`, `vector` and `thumbnail` may be called from several threads at once."""

    def __init__(
        self,
        manifest: BundleManifest,
        embedder: Extractor,
        brand: BrandModel,
        gallery: Gallery,
        products: dict[str, Product],
        thumbnails: zipfile.ZipFile,
    ) -> None:
        self.manifest = manifest
        self._embedder = embedder
        self._brand = brand
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
        products = {str(row["product_id"]): _product(row) for row in read_rows(folder / PRODUCTS)}
        shown = {str(row["photo_id"]): str(row["product_id"]) for row in read_rows(folder / GALLERY)}
        if len(shown) != index.photos or not set(shown.values()) <= products.keys():
            raise BundleError(f"{folder}: gallery and products don't belong together; run `sneakers bundle`")
        return cls(
            manifest,
            LOADERS[spec.kind](spec, folder / EMBEDDER, threads),
            BrandModel(manifest.brand, folder / BRAND),
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
        return self._brand.spec.labels

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.manifest.extractor.dim

    def vector(self, photo: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(d,) unit vector of a photo (H, W, 3) RGB."""
        row: NDArray[np.float32] = unit_rows(self._embedder.transform([cut(photo, shoe_region(photo))]))[0]
        return row

    def answer(
        self,
        photo: NDArray[np.uint8],
        *,
        top: int = 5,
        wanted: Wanted | None = None,
        judge: BrandJudge | None = None,
    ) -> Answer:
        """Brand and the most similar products of a photo (H, W, 3) RGB.

        Args:
            photo: upright, as `images.decode` gives it.
            top: how many products.
            wanted: which products may be answered.
            judge: names the brand instead of the bundle's own model.
        """
        region = shoe_region(photo)
        shoe = cut(photo, region)
        raw = self._embedder.transform([shoe])
        vector: NDArray[np.float32] = unit_rows(raw)[0]
        model = judge.model if judge else self._brand
        scores = ranked(model, judge.extractor.transform([shoe]) if judge else raw)
        nearest = self._gallery.search(vector, max(top, _WITNESSES))
        hits = self._gallery.search(vector, top, self._filter(wanted)) if wanted else nearest[:top]
        return Answer(
            brand=scores[0].brand,
            confidence=scores[0].confidence,
            known=scores[0].confidence >= model.spec.unknown_threshold
            and self._is_seen(nearest[:_WITNESSES], scores[0].brand),
            alternatives=tuple(scores[1:]),
            neighbours=tuple(self._neighbour(hit) for hit in hits),
            region=region,
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

    def _is_seen(self, nearest: list[Hit], brand: str) -> bool:
        """Whether the gallery has something alike, and the brand is that of one of the nearest products."""
        alike = bool(nearest) and nearest[0].score >= self.manifest.index.similarity_floor
        return alike and any(self._products[hit.product_id].brand == brand for hit in nearest)

    def _filter(self, wanted: Wanted) -> Callable[[str], bool]:
        return lambda product_id: wanted.accepts(self._products[product_id].brand, self._products[product_id].offers)

    def _neighbour(self, hit: Hit) -> Neighbour:
        product = self._products[hit.product_id]
        return Neighbour(hit.product_id, hit.score, product.title, product.brand, hit.photo_id, product.offers)


def _product(row: dict[str, Any]) -> Product:
    return Product(row["title"], row["brand"], tuple(Offer(**offer) for offer in row["offers"]))
