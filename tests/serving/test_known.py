"""When an answer counts as known: worked out on a gallery of vectors placed by hand."""

from __future__ import annotations

import io
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest

from sneakers_ml.index.gallery import Gallery
from sneakers_ml.index.store import FaissStore
from sneakers_ml.serving.recognizer import Product, Recognizer

PHOTO = np.full((64, 64, 3), 200, np.uint8)
FLOOR, THRESHOLD = 0.4, 0.6


class Pointer:
    """An embedder that always points along the first axis."""

    dim = 2

    def transform(self, shoes):
        return np.tile(np.array([[1.0, 0.0]], np.float32), (len(shoes), 1))


class Namer:
    """A brand model that names nike, as sure as it was told to be."""

    def __init__(self, confidence):
        self.spec = SimpleNamespace(labels=("nike", "puma"), unknown_threshold=THRESHOLD)
        self.confidence = confidence

    def probabilities(self, vectors):
        return np.tile([[self.confidence, 1 - self.confidence]], (len(vectors), 1))


def recognizer(confidence, brands, cosines):
    """A gallery of one photo a product, each of a brand and at a cosine from every query."""
    store = FaissStore.create(2, "flat")
    gallery = Gallery(store, {})
    sines = np.sqrt(1 - np.square(cosines))
    names = [f"{number:016x}{'0' * 24}" for number in range(2, 2 * len(brands) + 2, 2)]
    products = [f"product {number}" for number in range(len(brands))]
    gallery.add(names, products, np.stack([cosines, sines], axis=1).astype(np.float32))
    facts = {name: Product(name, brand, ()) for name, brand in zip(products, brands, strict=True)}
    archive = io.BytesIO()
    zipfile.ZipFile(archive, "w").close()
    manifest = SimpleNamespace(index=SimpleNamespace(similarity_floor=FLOOR))
    return Recognizer(manifest, Pointer(), Namer(confidence), gallery, facts, zipfile.ZipFile(archive))


@pytest.mark.parametrize(
    ("confidence", "brands", "cosines", "known"),
    [
        (0.9, ["nike"], [0.8], True),
        (0.5, ["nike"], [0.8], False),  # not sure enough
        (0.9, ["nike"], [0.3], False),  # nothing alike
        (0.9, ["puma"], [0.8], False),  # the gallery says otherwise
        (0.9, ["puma", "puma", "puma", "puma", "nike"], [0.9, 0.8, 0.7, 0.6, 0.2], True),  # one of five bears it out
        (0.9, ["puma", "puma", "puma", "puma", "puma", "nike"], [0.9, 0.8, 0.7, 0.6, 0.5, 0.45], False),  # the sixth
    ],
)
def test_known_takes_a_sure_model_and_a_gallery_that_agrees(confidence, brands, cosines, known):
    answer = recognizer(confidence, brands, np.array(cosines)).answer(PHOTO)
    assert answer.brand == ("nike" if confidence >= 0.5 else "puma")
    assert answer.known is known
