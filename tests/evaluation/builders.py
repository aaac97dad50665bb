"""Small inputs that several tests of this room share; every number in them can be checked by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sneakers_ml.evaluation.metrics.results import BrandResult, RetrievalResult
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
    """Five known photos from two shops, and one photo of a brand that the model does not know.

    Predicted are nike, adidas, adidas, nike, puma and nike: three of the five are right.
    """
    fields: dict[str, object] = {
        "name": name,
        "labels": ("adidas", "nike", "puma"),
        "truth": ["nike", "nike", "adidas", "adidas", "puma", "vans"],
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


def sure(predicted: Sequence[str], labels: Sequence[str]) -> np.ndarray:
    """Probabilities (n, c) of 0.8 for the brand predicted and 0.1 for each other."""
    return np.where(np.array(list(predicted))[:, None] == np.array(labels), 0.8, 0.1)


def answers(name: str, predicted: str, *, truth: str, groups: str = "aabbcc", **changes: object) -> BrandResult:
    """A model's answers as one letter a photo: the brands are n, a and p, a shoe model is a letter too."""
    fields: dict[str, object] = {
        "labels": ("a", "n", "p"),
        "truth": list(truth),
        "probabilities": sure(predicted, ("a", "n", "p")),
        "groups": list(groups),
        "sources": ["shop"] * len(truth),
        "photo_ids": [f"{place}-0-0" for place in range(len(truth))],
    }
    return brand_result(name, **(fields | changes))


def retrieval_result(name: str = "dino", weights: str = "", order: Sequence[int] = range(5)) -> RetrievalResult:
    """Five gallery photos on a circle, each also a query: models a a b b c; c has one photo and is left out."""
    rows = np.array(order)
    vectors, groups = on_circle(0, 10, 12, 60, 90)[rows], np.array(["a", "a", "b", "b", "c"])[rows]
    ids = np.array(["200-0-0", "0-200-0", "0-0-200", "200-200-0", "0-200-200"])[rows]
    return RetrievalResult(
        name=name,
        weights=weights,
        metrics=retrieval_metrics(vectors, vectors, groups, groups, np.arange(len(rows))),
        groups=groups,
        sources=np.array(["shop", "shop", "shop", "street", "street"])[rows],
        query_ids=ids,
        gallery_ids=ids,
    )
