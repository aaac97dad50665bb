"""Small inputs that several tests of this room share; every number in them can be checked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from sneakers_ml.evaluation.choosing import Selection
from sneakers_ml.evaluation.metrics.bootstrap import Interval, Resampling
from sneakers_ml.evaluation.metrics.learning_curve import CurvePoint
from sneakers_ml.evaluation.metrics.results import BrandResult, Cost, CurveResult, RetrievalResult
from sneakers_ml.evaluation.metrics.retrieval import retrieval_metrics
from sneakers_ml.evaluation.metrics.summary import Summary, summarise_brands, summarise_retrieval
from sneakers_ml.evaluation.places import OWN
from sneakers_ml.evaluation.report.by_source import figures_by_source
from sneakers_ml.evaluation.report.findings import Findings, brand_entries, retrieval_entries
from sneakers_ml.evaluation.report.html.cards import Catalogue
from sneakers_ml.evaluation.report.html.render import PageData
from sneakers_ml.workspace.choice import Candidate, Choice
from sneakers_ml.workspace.params import load_params
from sneakers_ml.workspace.paths import PROJECT_ROOT


def on_circle(*degrees: float) -> np.ndarray:
    """Unit vectors in the plane at these angles, so that similarity falls with the angle between two of them."""
    radians = np.deg2rad(degrees)
    return np.column_stack([np.cos(radians), np.sin(radians)]).astype(np.float32)


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


def candidate(name: str = "net-svm", **changes: object) -> Candidate:
    """A trained candidate that may serve; its figures are all one half."""
    extractor, _, classifier = name.rpartition("-")
    figures = dict.fromkeys(("accuracy", "macro_f1", "recall_at_1", "map", "score"), 0.5)
    fields = {"extractor": extractor, "classifier": classifier, "untrained": False, "megabytes": 12.3, "left_out": None}
    return Candidate(**(fields | figures | changes))  # type: ignore[arg-type]


def street_brands(name: str = "net-svm") -> BrandResult:
    """Six photos of own shops, of which the model names four rightly, and two of a street, one rightly."""
    return answers(name, "nnaapnpa", truth="nnanppap", groups="aabbccde", sources=[OWN] * 6 + ["street"] * 2)


def selection(**changes: object) -> Selection:
    """What serves is `net-svm`, on photos of own shops and of a street."""
    brands = street_brands()
    angles = on_circle(0, 10, 12, 60, 90, 95, 200, 210)
    retrieval = RetrievalResult(
        name="net",
        metrics=retrieval_metrics(angles, angles, brands.groups, brands.groups, np.arange(8), ks=(1, 5, 10)),
        groups=brands.groups,
        sources=brands.sources,
        query_ids=brands.photo_ids,
        gallery_ids=brands.photo_ids,
    )
    resampling = Resampling(50)
    named, searched = (
        summarise_brands(brands, resampling).by_source,
        summarise_retrieval(retrieval, resampling).by_source,
    )
    places = {
        place: Summary(searched[place].counts | named[place].counts, searched[place].figures | named[place].figures)
        for place in named
    }
    places["street"].figures["accuracy_drop"] = Interval(1 / 6, -0.2, 0.5)
    choice = Choice(
        extractor="net",
        classifier="svm",
        rule="The best.",
        unseen_sources=("street",),
        stand_in=False,
        candidates=(candidate(), candidate("res-svm", untrained=True, left_out="untrained", score=None)),
    )
    fields = {
        "choice": choice,
        "summaries": {"net-svm": places},
        "milliseconds": {"net-svm": 28.04},
        "brands": brands,
        "retrieval": retrieval,
    }
    return Selection(**(fields | changes))  # type: ignore[arg-type]


SOURCE_OF = {f"{place}-0-0": ("kicks", "laces", "street")[place // 3] for place in range(8)}
"""Source of the photos of `selection`, by photo id."""


def findings(**changes: object) -> Findings:
    """Two brand models and an extractor on test photos, and what serves."""
    resampling = Resampling(50)
    photos = {"truth": "nnaapp", "groups": "abcdef"}
    models = [
        answers("net-svm", "nnaapp", **photos, val_macro_f1=0.9, cost=Cost(60.0, 0.5, 2000)),
        answers("res-svm", "naaapp", **photos, val_macro_f1=0.87654, weights="random"),
    ]
    points = [CurvePoint(0.5, 4, 5.0, 20.5, 0.61, 0.5, 0.7, 3), CurvePoint(1.0, 8, 10.0, 41.0, 0.75, 0.75, 0.75, 1)]
    fields = {
        "brands": brand_entries(models, resampling),
        "extractors": retrieval_entries([retrieval_result("net"), retrieval_result("res", "random")], resampling),
        "selection": selection(),
        "by_source": figures_by_source(selection(), SOURCE_OF, resampling),
        "curve": CurveResult(name="net-svm", points=points),
    }
    return Findings(**(fields | changes))  # type: ignore[arg-type]


EXTRACTORS = Path(__file__).parent / "extractors"
"""Holds the description of `net`, whose vectors have 4 numbers."""


def page_data(**changes: object) -> PageData:
    """The eight photos of `selection` and what is known of them: five products, one without a title of its own."""
    ids = list(SOURCE_OF)
    photos = pd.DataFrame(
        {
            "photo_id": ids,
            "product_id": list("aabbccde"),
            "model_id": list("aabbccde"),
            "brand": list("nnanppap"),
            "shop": list(SOURCE_OF.values()),
            "source": list(SOURCE_OF.values()),
            "view": ["left"] * 2 + [None] * 6,
            "position": 1,
            "width": 320,
            "height": 240,
            "duplicate_group": [0, 1, 2, 3, 4, 5, 6, 6],
            "split": ["test"] * 6 + ["val"] * 2,
            "group": [0, 0, 1, 1, 2, 2, 3, 3],
            "known": True,
            "unseen": [False] * 6 + [True] * 2,
        }
    )
    products = pd.DataFrame({"product_id": list("abcd"), "title": ["Air", "Bolt", "Court", "Dash"]})
    listings = pd.DataFrame(
        {
            "source": ["kicks", "laces", "laces", "street"],
            "price": [90.0, None, 80.0, None],
            "model": ["air", "bolt", None, None],
            "colour": ["red", None, None, None],
        }
    )
    set_aside = pd.DataFrame({"reason": ["no shoe", "no shoe", "no photo"]})
    fields = {
        "photos": photos,
        "catalogue": Catalogue(listings, products, set_aside),
        "extractors": EXTRACTORS,
        "params": load_params(PROJECT_ROOT / "params.yaml"),
        "resampling": Resampling(50),
        "load": lambda picture: np.full((40, 60, 3), 30 * int(picture.photo_id[0]), np.uint8),
    }
    return PageData(**(fields | changes))  # type: ignore[arg-type]
