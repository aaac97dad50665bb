"""Drawn shoes whose brand, model and colourway are known by construction, in memory and in a workspace."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sneakers_ml.networks.network import SneakerNetwork
from sneakers_ml.networks.photos import Shoe, TrainingPhotos, cut_shoe
from sneakers_ml.tables import write_table
from sneakers_ml.workspace.params import FinetuneParams
from sneakers_ml.workspace.paths import Workspace
from tests.support.corpus import encode
from tests.support.tinybackbone import TinyBackbone

__all__ = ["UNCHANGED", "colours", "draw", "known", "make_workspace", "small_network", "toy_params", "toy_photos"]

UNCHANGED = {"ground": 0, "low_resolution": 0, "blur": 0, "jpeg": 0, "occlusion": 0}


def draw(brand: int, model: int, photo: int = 0) -> np.ndarray:
    """(48, 64, 3): brand 0 has upright stripes, 1 level ones; a model has a colour, a photo a place and a ground."""
    rng = np.random.default_rng([brand, model, photo])
    picture = np.full((48, 64, 3), rng.integers(100, 256, 3), np.uint8)
    left, top = 12 + rng.integers(-4, 5), 8 + rng.integers(-4, 5)
    picture[top : top + 32, left : left + 40] = np.random.default_rng([brand, model]).integers(0, 256, 3)
    for place in range(0, 40 if brand == 0 else 32, 12):
        stripe = np.s_[top : top + 32, left + place : left + place + 5]
        picture[stripe if brand == 0 else np.s_[top + place : top + place + 5, left : left + 40]] = 20
    return picture


def colours(photo: np.ndarray) -> Shoe:
    """A shoe that fills its photo, of unknown outline."""
    return Shoe(photo, np.array([0, 0, photo.shape[1], photo.shape[0]], np.float32), None)


def known(label, source=None, model=None, colourway=None, shoes=None) -> TrainingPhotos:
    """Photos with these numbers; one source, and no models or colourways, where they are not told."""
    count = len(label)
    numbers = [
        np.asarray(fallback if given is None else given, np.int64)
        for given, fallback in ((source, [0] * count), (model, [-1] * count), (colourway, [-1] * count))
    ]
    shoes = [colours(np.zeros((8, 8, 3), np.uint8))] * count if shoes is None else shoes
    return TrainingPhotos(shoes, ("arvo", "brisko"), np.asarray(label, np.int64), *numbers)


def toy_photos(*, models: range = range(6), photos: int = 4) -> TrainingPhotos:
    """Two brands, models of each, photos of each model."""
    rows = [(brand, model, photo) for brand in range(2) for model in models for photo in range(photos)]
    number = [100 * brand + model for brand, model, _ in rows]
    shoes = [cut_shoe(draw(*row), None) for row in rows]
    return known([row[0] for row in rows], model=number, colourway=number, shoes=shoes)


def toy_params(**update) -> FinetuneParams:
    """A short training of small batches on photos that are hardly changed."""
    settings = {"steps": 60, "probe_steps": 5, "batch": 16, "memory": 32, "evaluate_every": 20, "average": 0.9}
    return FinetuneParams.model_validate(settings | {"augmentation": UNCHANGED} | update)


def small_network(**dims: int) -> SneakerNetwork:
    """Of two labels, in use, with weights that are the same each time."""
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(0)
        dims = {"model_dim": 6, "colourway_dim": 4} | dims
        return SneakerNetwork(TinyBackbone(), ("arvo", "brisko"), **dims).eval()


def make_workspace(workspace: Workspace, rows: list[dict], products: dict[str, dict]) -> Workspace:
    """Write photos and the tables photos, split and products.

    A row has `product`, `picture` and perhaps `source`, `brand`, `model`, `split`, `known` and `unseen`; a product may
    have `colour` and `offers`.
    """
    photos, sides = [], []
    (workspace.photos / "images").mkdir(parents=True)
    for number, row in enumerate(rows):
        file = f"images/{number:02}.png"
        (workspace.photos / file).write_bytes(encode(row["picture"], "PNG"))
        photos.append(
            {
                "photo_id": f"{number:040x}",
                "file": file,
                "product_id": row["product"],
                "model_id": row.get("model", row["product"]),
                "brand": row.get("brand", "arvo"),
                "source": row.get("source", "demo"),
            }
        )
        side = {"split": "train", "known": True, "unseen": False}
        sides.append({"photo_id": f"{number:040x}"} | {name: row.get(name, usual) for name, usual in side.items()})
    write_table(pd.DataFrame(photos), workspace.photo_table)
    write_table(pd.DataFrame(sides[::-1]), workspace.split)
    described = [
        {
            "product_id": name,
            "colour": one.get("colour"),
            "offers": [{"shop": "demo", "url": one.get("url", "https://demo.example/p")}] * one.get("offers", 1),
        }
        for name, one in products.items()
    ]
    write_table(pd.DataFrame(described), workspace.products)
    return workspace
