"""Small inputs that several tests of this room share; every number in them can be checked by hand."""

from __future__ import annotations

import numpy as np

from sneakers_ml.evaluation.metrics.results import BrandResult, RetrievalRun
from sneakers_ml.evaluation.metrics.retrieval import retrieval_metrics


def on_circle(*degrees: float) -> np.ndarray:
    """Unit vectors in the plane at these angles, so that similarity falls with the angle between two of them."""
    radians = np.deg2rad(degrees)
    return np.column_stack([np.cos(radians), np.sin(radians)]).astype(np.float32)


def flat_photo(photo_id: str) -> np.ndarray:
    """A photo of one colour: the id is its three channel values, as in "10-20-30"."""
    colour = [int(part) for part in photo_id.split("-")]
    return np.tile(np.array(colour, dtype=np.uint8), (40, 60, 1))


def brand_result(name: str = "hog-svm", **changes: object) -> BrandResult:
    """Five known photos (three right) from two shops, and one photo of a brand that the model does not know."""
    fields: dict[str, object] = {
        "name": name,
        "labels": ("adidas", "nike", "puma"),
        "truth": ["nike", "nike", "adidas", "adidas", "puma", "vans"],
        "predicted": ["nike", "adidas", "adidas", "nike", "puma", "nike"],
        "probabilities": np.array(
            [
                [0.1, 0.8, 0.1],
                [0.6, 0.3, 0.1],
                [0.7, 0.2, 0.1],
                [0.05, 0.9, 0.05],
                [0.2, 0.2, 0.6],
                [0.2, 0.65, 0.15],
            ]
        ),
        "groups": ["pegasus", "cortez", "samba", "gazelle", "suede", "old skool"],
        "sources": ["shop", "shop", "shop", "street", "street", "street"],
        "photo_ids": ["10-0-0", "20-0-0", "30-0-0", "40-0-0", "50-0-0", "60-0-0"],
    }
    return BrandResult(**(fields | changes))  # type: ignore[arg-type]


def answers(name: str, predicted: str, *, truth: str, groups: str = "aabbcc", **changes: object) -> BrandResult:
    """A model's answers as one letter a photo: the brands are n, a and p, a shoe model is a letter too."""
    size = len(truth)
    labels = ("a", "n", "p")
    sure = np.array([[0.8 if label == brand else 0.1 for label in labels] for brand in predicted])
    fields: dict[str, object] = {"sources": ["shop"] * size, "photo_ids": [f"{place}-0-0" for place in range(size)]}
    return BrandResult(name, labels, list(truth), list(predicted), sure, list(groups), **(fields | changes))  # type: ignore[arg-type]


def retrieval_run(name: str = "dino", weights: str = "") -> RetrievalRun:
    """Five gallery photos on a circle, each also a query: models a a b b c; c has one photo and is left out."""
    vectors = on_circle(0, 10, 12, 60, 90)
    groups = np.array(["a", "a", "b", "b", "c"])
    ids = ["200-0-0", "0-200-0", "0-0-200", "200-200-0", "0-200-200"]
    result = retrieval_metrics(vectors, vectors, groups, groups, np.arange(5))
    return RetrievalRun(name, result, groups, np.array(["shop", "shop", "shop", "street", "street"]), ids, ids, weights)
