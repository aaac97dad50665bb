"""Vectors whose classes are known by construction, and a workspace that holds them."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from sneakers_ml.classifiers.classifier import TrainingSet
from sneakers_ml.embedding.store import FeatureWriter
from sneakers_ml.tables import write_table
from sneakers_ml.workspace.params import TrainParams
from sneakers_ml.workspace.paths import Workspace

__all__ = [
    "BRANDS",
    "CLASSIFIERS",
    "DIM",
    "PARAMS",
    "blobs",
    "clusters",
    "make_workspace",
    "rings",
    "split_in_two",
    "with_settings",
]

BRANDS = ("nike", "puma", "vans")
DIM = 12
CLASSIFIERS = ("svm", "sgd", "catboost", "logistic")
PARAMS = TrainParams.model_validate(
    {
        "extractors": ["toy"],
        "names": CLASSIFIERS,
        "svm": {"components": 6, "linear_C": [0.1, 1.0], "rbf_C": [1.0]},
        "sgd": {"components": 6},
        "logistic": {"components": 6},
        "catboost": {"columns": 8, "column_share": 0.5, "iterations": 120, "depth": [2, 3]},
    }
)


def blobs(*, brand_spread: float, group_spread: float, models: int = 12, photos: int = 5, seed: int = 0) -> TrainingSet:
    """`models` of each brand, `photos` of each; a photo is its brand's centre, plus its model's, plus a little noise.

    The spreads are the standard deviations of the centres; a photo's own noise has 0.3.
    """
    rng = np.random.default_rng(seed)
    count = len(BRANDS) * models
    brand_of_model = np.repeat(np.arange(len(BRANDS)), models)
    brand_centres = rng.normal(size=(len(BRANDS), DIM)) * brand_spread
    model_centres = brand_centres[brand_of_model] + rng.normal(size=(count, DIM)) * group_spread
    groups = np.repeat(np.arange(count), photos)
    vectors = model_centres[groups] + rng.normal(size=(len(groups), DIM)) * 0.3
    order = rng.permutation(len(groups))
    brands = np.asarray(BRANDS)[brand_of_model[groups]]
    return TrainingSet(vectors[order].astype(np.float32), brands[order], groups[order])


def clusters(classes: int, dim: int, *, per_class: int = 20, spread: float = 1.0, seed: int = 0):
    """(n, dim) float32 vectors around a centre a class, and their labels, in an order that isn't the labels' own."""
    rng = np.random.default_rng(seed)
    labels = np.array([f"brand{number:02d}" for number in rng.permutation(classes)])
    centres = rng.normal(size=(classes, dim)) * spread
    number = rng.permutation(np.repeat(np.arange(classes), per_class))
    return (centres[number] + rng.normal(size=(len(number), dim))).astype(np.float32), labels[number]


def with_settings(name: str, **settings) -> TrainParams:
    """PARAMS with some of a classifier's settings changed."""
    return PARAMS.model_copy(update={name: PARAMS.sections[name] | settings})


def rings() -> TrainingSet:
    """Two brands on two rings of radius 1 and 3 in a plane: no line tells them apart."""
    rng = np.random.default_rng(0)
    angle, radius = rng.uniform(0, 2 * np.pi, 240), np.repeat([1.0, 3.0], 120)
    vectors = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).astype(np.float32)
    return TrainingSet(vectors, np.repeat(["nike", "puma"], 120), np.arange(240) // 4)


def split_in_two(data: TrainingSet) -> tuple[TrainingSet, TrainingSet]:
    """Models 0 to 7 of each brand's 12, and the other four."""
    first = data.groups % 12 < 8
    return data.rows(first), data.rows(~first)


def make_workspace(
    workspace: Workspace, data: TrainingSet, *, unknown: str | None = None, weights: str = "none"
) -> None:
    """Write features `toy`, photos and split; of each five models three train, one validates and one tests.

    Photos of the brand `unknown` are in the split as brands that are not learnt.
    """
    ids = [
        hashlib.sha1(bytes([row // 256, row % 256]), usedforsecurity=False).hexdigest()
        for row in range(len(data.brands))
    ]
    known = data.brands != unknown
    sides = np.array(["train", "train", "train", "val", "test"])[data.groups % 5]
    sides[~known & (sides == "train")] = "val"
    write_table(pd.DataFrame({"photo_id": ids, "brand": data.brands, "source": "shop"}), workspace.photo_table)
    table = pd.DataFrame({"photo_id": ids, "split": sides, "group": data.groups, "known": known})
    write_table(table.iloc[::-1], workspace.split)  # joined by photo_id, whatever the order
    with FeatureWriter(workspace.features, "toy", ids, {"name": "toy", "dim": DIM, "weights": weights}) as writer:
        writer.append(data.vectors)
