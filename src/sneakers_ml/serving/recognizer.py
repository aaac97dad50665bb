"""Photo to Answer."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sneakers_ml import images
from sneakers_ml.errors import BundleError
from sneakers_ml.features.extractor import open_extractor
from sneakers_ml.index.faiss_store import FaissStore
from sneakers_ml.index.gallery import Gallery, Hit
from sneakers_ml.index.spec import INDEX
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
from sneakers_ml.serving.answer import Answer, BrandScore, Description, Neighbour
from sneakers_ml.serving.brand_classifier import BrandClassifier, Query
from sneakers_ml.serving.describer import PhotoDescriber
from sneakers_ml.serving.filters import ProductFilter
from sneakers_ml.serving.manifest import BRAND, EMBEDDER, THUMBNAILS, BundleManifest, verify
from sneakers_ml.serving.products import Product, read_gallery

__all__ = ["Recognizer"]


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
        describer: PhotoDescriber,
        thumbnails: zipfile.ZipFile,
    ) -> None:
        self.manifest = manifest
        self.classifier = classifier
        self._gallery = gallery
        self._products = products
        self._describer = describer
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
        products, shown = read_gallery(folder, index.photos)
        extractor = open_extractor(spec, folder / EMBEDDER, threads=threads)
        return cls(
            manifest,
            BrandClassifier(manifest.brand.name, BrandModel(manifest.brand, folder / BRAND), extractor, spec),
            Gallery(FaissStore.load(folder / INDEX, dim=index.dim, count=index.photos), shown),
            products,
            PhotoDescriber.load(folder, manifest.text, extractor, threads=threads),
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
        return self.manifest.index.dim

    def vector(self, photo: NDArray[np.uint8] | Query) -> NDArray[np.float32]:
        """(d,) unit vector of a photo (H, W, 3) RGB."""
        query = photo if isinstance(photo, Query) else Query(photo)
        row: NDArray[np.float32] = self.manifest.extractor.search_rows(query.vector(self.classifier.extractor))[0]
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
        spec, rules = self.manifest.extractor, self.manifest.index.rules
        prediction = (classifier or self.classifier).predict(query)
        first, learnt = prediction.brands[0], self.brands
        vector = self.vector(query)
        near = self._nearest(vector)
        evidence = photo_evidence(np.array([first.confidence]), np.array([first.brand], object), near)
        logits = query.vector(self.classifier.extractor)[:, spec.dim - len(spec.brands) :]
        evidence |= logit_evidence(logits, spec.brands, learnt)
        sneaker = bool(rules.sneaker.passes(evidence)[0] or near.similarity.max(initial=-1.0) >= SAME_PICTURE)
        known = sneaker and bool(rules.brand.passes(evidence)[0])
        brands = prediction.brands
        if sneaker and not known and (named := self._vote(near, [score.brand for score in brands])):
            others = (BrandScore(score.brand, score.confidence * (1 - named.confidence)) for score in brands)
            known, brands = True, (named, *others)
        wanted = None
        if products is not None:
            accepted = {key for key, each in self._products.items() if products.accepts(each.brand, each.offers)}
            wanted = accepted.__contains__
        neighbours = self._related(self._gallery.search(vector, top, wanted), near) if sneaker else ()
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
            neighbours=tuple(neighbours),
            region=query.region,
            sneaker=sneaker,
            words=words,
        )

    def _nearest(self, vector: NDArray[np.float32]) -> Nearest:
        """The nearest photos of the gallery to one photo, each with its product's facts."""
        hits = self._gallery.nearest(vector, NEAREST)
        facts = [self._products[hit.product_id] for hit in hits]
        columns = ([hit.product_id for hit in hits], [each.model for each in facts], [each.brand for each in facts])
        products, models, brands = (np.array([column], object).reshape(1, -1) for column in columns)
        return Nearest(np.array([[hit.score for hit in hits]], np.float64).reshape(1, -1), products, models, brands)

    def _related(self, hits: list[Hit], near: Nearest) -> list[Neighbour]:
        """What is at least similar, with its relation."""
        facts = [self._products[hit.product_id] for hit in hits]
        products, models = (
            np.array(names, object) for names in ([hit.product_id for hit in hits], [each.model for each in facts])
        )
        scores = np.array([hit.score for hit in hits], np.float64)
        found = relations(self.manifest.index.rules, scores, products, models, near)
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
            facts = self._products[product]
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

    def thumbnail(self, photo_id: str) -> bytes:
        """JPEG of a gallery photo.

        Raises:
            BundleError: when the gallery has no such photo.
        """
        try:
            return images.encode_jpeg(images.decode(self._thumbnails.read(f"{photo_id}.webp")))
        except KeyError:
            raise BundleError(f"thumbnails: no photo {photo_id}") from None
