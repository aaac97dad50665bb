"""Photo to Answer."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sneakers_ml import images
from sneakers_ml.errors import BadImage, BundleError
from sneakers_ml.features.extractor import open_extractor
from sneakers_ml.index.gallery import Gallery, Hit, vector_id
from sneakers_ml.index.spec import read_projection
from sneakers_ml.index.vector_store import SharedStore, open_store
from sneakers_ml.inference.brand_model import BrandModel
from sneakers_ml.inference.evidence import (
    NEAREST,
    SAME_PICTURE,
    Nearest,
    logit_evidence,
    photo_evidence,
    relations,
    vote,
)
from sneakers_ml.serving.answer import Answer, BrandScore, BundleFacts, Description, Neighbour
from sneakers_ml.serving.brand_classifier import BrandClassifier, Query
from sneakers_ml.serving.describer import PhotoDescriber
from sneakers_ml.serving.filters import EVERYTHING, ProductFilter
from sneakers_ml.serving.manifest import BRAND, EMBEDDER, THUMBNAILS, BundleManifest, read_whole
from sneakers_ml.serving.products import Product, read_gallery
from sneakers_ml.serving.steering import UNSTEERED, Steering, steered
from sneakers_ml.vectors import unit_rows

__all__ = ["Recognizer"]

_DAMAGED_PICTURE = "thumbnails: the picture of {} is damaged; run `sneakers bundle`"


class Recognizer:
    """A loaded bundle, whose files are not read again; its methods may be called from several threads at once.

    A process that was forked since cannot ask it, and is told so by a `BundleError`: load it after the fork.

    `classifier` is the bundle's own; its extractor gives the vectors that the gallery is searched by. `products` are
    those of the gallery, by their ids.
    """

    def __init__(
        self,
        manifest: BundleManifest,
        classifier: BrandClassifier,
        gallery: Gallery,
        products: dict[str, Product],
        describer: PhotoDescriber,
        thumbnails: zipfile.ZipFile,
        projection: NDArray[np.float32] | None = None,
    ) -> None:
        self.manifest = manifest
        self.classifier = classifier
        self._gallery = gallery
        self.products: Mapping[str, Product] = MappingProxyType(products)
        self._describer = describer
        self._thumbnails = thumbnails
        self._projection = projection

    @classmethod
    def load(cls, folder: Path, manifest: BundleManifest | None = None, *, threads: int = 0) -> Self:
        """Load a bundle, which is verified unless its manifest is given.

        Args:
            folder: models/serving of a workspace.
            manifest: of the bundle when it is verified.
            threads: of one network run; 0 for all cores, 1 when several photos are answered at a time.

        Raises:
            BundleError: when the bundle is missing, incomplete, changed or inconsistent.
        """
        if manifest is None:
            return read_whole(folder, lambda verified: cls.load(folder, verified, threads=threads))
        spec, index = manifest.extractor, manifest.index
        products, shown = read_gallery(folder, index.photos)
        extractor = open_extractor(spec, folder / EMBEDDER, threads=threads)
        store = open_store(index.store, folder, index.dim, index.photos, index.codec, index.settings)
        if not isinstance(store, SharedStore) and set(map(vector_id, shown)) != store.ids:
            raise BundleError(f"{folder}: index and gallery don't belong together; run `sneakers index`")
        try:
            thumbnails = zipfile.ZipFile(io.BytesIO((folder / THUMBNAILS).read_bytes()))
            pictures = set(thumbnails.namelist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise BundleError(f"{folder / THUMBNAILS}: damaged; run `sneakers bundle`") from None
        if missing := next((photo for photo in shown if f"{photo}.webp" not in pictures), None):
            raise BundleError(f"{folder / THUMBNAILS}: holds no picture of {missing}; run `sneakers bundle`")
        return cls(
            manifest,
            BrandClassifier(manifest.brand.name, BrandModel(manifest.brand, folder / BRAND), extractor, spec),
            Gallery(store, shown),
            products,
            PhotoDescriber.load(folder, manifest.text, extractor, threads=threads),
            thumbnails,
            read_projection(folder, index),
        )

    @property
    def facts(self) -> BundleFacts:
        """What the bundle is made of."""
        made = self.manifest
        accuracy = made.brand.metrics.get("val_accuracy")
        counts = len(self.brands), len(self.products), len(self._gallery)
        return BundleFacts(made.version, made.brand.name, *counts, accuracy, made.catalogue_date)

    def product_of(self, photo_id: str) -> Product:
        """The product that a photo of the gallery shows.

        Raises:
            BundleError: when the gallery has no such photo.
        """
        return self.products[self._owner(photo_id)]

    def _owner(self, photo_id: str) -> str:
        """Id of the product that a photo shows."""
        if photo_id not in self._gallery:
            raise BundleError(f"gallery: no photo {photo_id}")
        return self._gallery.product(photo_id)

    @property
    def brands(self) -> tuple[str, ...]:
        """The brands it can name."""
        return self.classifier.model.spec.labels

    @property
    def dim(self) -> int:
        """Length of a vector that the gallery is searched by."""
        return self.manifest.index.dim

    def vector(self, photo: NDArray[np.uint8] | Query) -> NDArray[np.float32]:
        """(d,) unit vector of a photo (H, W, 3) RGB."""
        query = photo if isinstance(photo, Query) else Query(photo)
        rows = self.manifest.extractor.search_rows(query.vector(self.classifier.extractor))
        row: NDArray[np.float32] = (rows if self._projection is None else unit_rows(rows @ self._projection))[0]
        return row

    def answer(
        self,
        photo: NDArray[np.uint8] | Query,
        *,
        top: int = 5,
        skip: int = 0,
        products: ProductFilter = EVERYTHING,
        steering: Steering = UNSTEERED,
        floor: float | None = None,
        classifier: BrandClassifier | None = None,
    ) -> Answer:
        """Brand and the most similar products of a photo.

        Args:
            photo: (H, W, 3) RGB, upright, as `images.decode` gives it; or a query that other models are asked too.
            top: how many products.
            skip: how many of the best to leave out: those of the pages before.
            products: which products may be answered.
            steering: results that it shall be nearer to, or further from; the order changes, not what is said of each.
            floor: cosine similarity below which a product isn't shown, instead of the bundle's own.
            classifier: names the brand instead of the bundle's own.
        """
        query = photo if isinstance(photo, Query) else Query(photo)
        spec, rules = self.manifest.extractor, self.manifest.index.rules
        prediction = (classifier or self.classifier).predict(query)
        first, learnt = prediction.brands[0], self.brands
        vector = self.vector(query)
        near = self._nearest(vector)
        evidence = photo_evidence(np.array([first.confidence]), np.array([first.brand], object), near)
        logits = query.vector(self.classifier.extractor)[:, spec.dim - len(spec.brands) :]
        evidence |= logit_evidence(logits, spec.brands, learnt)
        sneaker = bool(rules.sneaker.passes(evidence)[0] or near.similarity.max(initial=-1.0) >= SAME_PICTURE)
        known = sneaker and bool(rules.known(evidence)[0])
        brands = prediction.brands
        if sneaker and not known and (named := self._vote(near, [score.brand for score in brands])):
            others = (BrandScore(score.brand, score.confidence * (1 - named.confidence)) for score in brands)
            known, brands = True, (named, *others)
        neighbours = self._neighbours(vector, near, top, skip, products, steering, floor) if sneaker else ()
        words = (
            self._describer.describe(query, self._models(near, brands[0].brand if known else None))
            if sneaker
            else Description()
        )
        return Answer(
            brand=brands[0].brand,
            confidence=brands[0].confidence,
            known=known,
            alternatives=brands[1:],
            neighbours=neighbours,
            region=query.region,
            sneaker=sneaker,
            words=words,
        )

    def more_like(
        self,
        photo_id: str,
        *,
        top: int = 5,
        skip: int = 0,
        products: ProductFilter = EVERYTHING,
        steering: Steering = UNSTEERED,
        floor: float | None = None,
    ) -> tuple[Neighbour, ...]:
        """The products most similar to that of a photo of the gallery, without it; arguments as of `answer`.

        Raises:
            BundleError: when the gallery has no such photo.
        """
        product, vector = self._owner(photo_id), self._gallery.vectors([photo_id])[0]
        near = self._nearest(vector)
        return self._neighbours(vector, near, top, skip, products, steering, floor, product)

    def _neighbours(
        self,
        vector: NDArray[np.float32],
        near: Nearest,
        top: int,
        skip: int,
        products: ProductFilter,
        steering: Steering,
        floor: float | None,
        query: str | None = None,
    ) -> tuple[Neighbour, ...]:
        """A page of related products, without that of the query and those that steer away."""
        more, less = (self._shown(photos) for photos in (steering.more, steering.less))
        left_out = {*([query] if query else []), *(self._gallery.product(photo) for photo in less)}
        search = partial(self._gallery.search, without=left_out)
        if products != EVERYTHING:
            search = partial(search, wanted=lambda key: self.products[key].passes(products), where=products)
        if not (more or less):
            return tuple(self._related(search(vector, skip + top)[skip:], near, floor))
        moved = steered(vector, self._gallery.vectors(more), self._gallery.vectors(less))
        depth = skip + top
        while True:  # the order is not that of the similarities, so that below what isn't shown there may be more
            found = search(moved, depth)
            cosines = self._gallery.vectors([hit.photo_id for hit in found]) @ vector
            hits = [replace(hit, score=float(cosine)) for hit, cosine in zip(found, cosines, strict=True)]
            related = self._related(hits, near, floor)
            if len(related) >= skip + top or len(found) < depth:
                return tuple(related[skip : skip + top])
            depth *= 4

    def _shown(self, photos: Sequence[str]) -> list[str]:
        """Those that the gallery has: another bundle may have taken this one's place since they were shown."""
        return [photo for photo in photos if photo in self._gallery]

    def _nearest(self, vector: NDArray[np.float32]) -> Nearest:
        """The nearest photos of the gallery to one photo, each with its product's facts."""
        hits = self._gallery.nearest(vector, NEAREST)
        facts = [self.products[hit.product_id] for hit in hits]
        columns = ([hit.product_id for hit in hits], [each.model for each in facts], [each.brand for each in facts])
        products, models, brands = (np.array([column], object).reshape(1, -1) for column in columns)
        return Nearest(np.array([[hit.score for hit in hits]], np.float64).reshape(1, -1), products, models, brands)

    def _related(self, hits: list[Hit], near: Nearest, floor: float | None) -> list[Neighbour]:
        """What is at least similar, with its relation."""
        facts = [self.products[hit.product_id] for hit in hits]
        products, models = (
            np.array(names, object) for names in ([hit.product_id for hit in hits], [each.model for each in facts])
        )
        scores = np.array([hit.score for hit in hits], np.float64)
        rules = self.manifest.index.rules
        if floor is not None:
            rules = rules.model_copy(update={"floor": floor})
        found = relations(rules, scores, products, models, near)
        return [
            Neighbour(hit.product_id, hit.score, each.title, each.brand, hit.photo_id, each.offers, relation)
            for hit, each, relation in zip(hits, facts, found, strict=True)
            if relation is not None
        ]

    def _models(self, near: Nearest, brand: str | None) -> list[tuple[str, str]]:
        """Brands and names of the models that the nearest photos show, of the brand where that is known."""
        rules = self.manifest.index.rules
        names: dict[str, tuple[str, str]] = {}
        for product, similarity in zip(near.products[0], near.similarity[0], strict=True):
            facts = self.products[product]
            if facts.name and similarity >= rules.floor and brand in (None, facts.brand):
                names.setdefault(facts.name.casefold(), (facts.brand, facts.name))
        return list(names.values())

    def _vote(self, near: Nearest, learnt: list[str]) -> BrandScore | None:
        """The brand of the nearest products of the photo's model, where no model learnt it."""
        rules = self.manifest.index.rules
        found = relations(rules, near.similarity[0], near.products[0], near.models[0], near)
        photos = zip(near.products[0], near.brands[0], found, strict=True)
        voters = {product: brand for product, brand, relation in photos if relation in ("same", "same model")}
        named = vote(list(voters.values()), learnt, rules.precision)
        return named and BrandScore(*named)

    def __contains__(self, photo_id: object) -> bool:
        """Whether the gallery has a photo."""
        return photo_id in self._gallery

    def samples(self, count: int) -> tuple[str, ...]:
        """Photos to try it with, each of another brand: of those with the most products; the same for the same bundle.

        Args:
            count: how many photos; fewer come where the gallery has fewer brands.
        """
        brands = Counter(product.brand for product in self.products.values())
        first: dict[str, str] = {}
        for photo in self._gallery:
            first.setdefault(self.product_of(photo).brand, photo)
        return tuple(first[brand] for brand in sorted(brands, key=lambda brand: (-brands[brand], brand))[:count])

    def thumbnail(self, photo_id: str) -> bytes:
        """JPEG of a gallery photo.

        Raises:
            BundleError: when the gallery has no such photo, or its picture is damaged.
        """
        try:
            return images.encode_jpeg(images.decode(self.stored_thumbnail(photo_id)))
        except BadImage:
            raise BundleError(_DAMAGED_PICTURE.format(photo_id)) from None

    def stored_thumbnail(self, photo_id: str) -> bytes:
        """A gallery photo as the bundle holds it: WebP, which browsers show.

        Raises:
            BundleError: when the gallery has no such photo, or its picture is damaged.
        """
        try:
            return self._thumbnails.read(f"{photo_id}.webp")
        except KeyError:
            raise BundleError(f"thumbnails: no photo {photo_id}") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
            raise BundleError(_DAMAGED_PICTURE.format(photo_id)) from None
