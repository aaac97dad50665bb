"""How far can `known` be trusted? Shares of answers that count as known, and how many of them are right.

    .venv/bin/python -m benchmarks.known --workspace WORKSPACE [--photos DIR…]

Test photos of a workspace, best of one that learnt from a single source, ask a gallery of its training and validation
photos without their own model. `confidence` counts an answer as known by the model's own threshold, `rules` by the
rules that `sneakers index` fitted, as `sneakers_ml.serving.recognizer` does. The last column: called a sneaker.

A second table is of the workspace's bundle, which nothing of these was shown to: the photographs of scikit-image, which
show no shoes, and the photos of each folder that --photos names. Intervals resample products, or photos that show none.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from numpy.typing import NDArray

from benchmarks.common import print_table, run, shown
from sneakers_ml import images
from sneakers_ml.catalogue.cleaning.naming import NO_SNEAKER
from sneakers_ml.embedding.store import load_features, photo_rows
from sneakers_ml.evaluation.metrics.bootstrap import Resampling, mean_intervals
from sneakers_ml.index.rules import evidence_of, gallery_photos, nearest_photos
from sneakers_ml.index.spec import read_index_spec
from sneakers_ml.inference.brand_model import BrandModel
from sneakers_ml.serving.recognizer import Recognizer
from sneakers_ml.workspace.paths import Workspace
from tests.support.photographs import photographs

__all__ = ["folder_photos", "known_of_photos", "known_of_test_photos"]


def main(
    workspace: Annotated[Path, typer.Option(help="Workspace with an index; with a bundle for the second table.")],
    photos: Annotated[list[Path] | None, typer.Option(help="Folder of photos to ask the bundle (repeatable).")] = None,
    resamples: int = 1000,
    seed: int = 20,
) -> None:
    """Print the tables."""
    home, resampling = Workspace(workspace), Resampling(resamples, seed)

    def share(rows: pd.DataFrame, column: str) -> str:
        values = rows[column].to_numpy(float)
        return shown(mean_intervals({column: values}, rows["group"].to_numpy(str), resampling)[column])

    answers = known_of_test_photos(home)
    table = []
    for name, rows in [("learnt brands", answers[answers["learnt"]]), *answers.groupby("part", sort=False)]:
        right = (f"{rows.loc[rows[column], 'right'].mean():.3f}" for column in ("confident", "known"))
        table.append([name, len(rows), share(rows, "confident"), next(right), share(rows, "known"), next(right)])
        table[-1].append(share(rows, "sneaker"))
    header = ["photos of", "photos", "confidence: known", "of them right", "rules: known", "of them right", "sneaker"]
    print_table(header, table)
    print()
    recognizer = Recognizer.load(home.bundle)
    asked: dict[str, Iterable[NDArray[np.uint8]]] = {"scikit-image's photographs": photographs().values()}
    asked |= {folder.name: folder_photos(folder) for folder in photos or ()}
    table = []
    for name, pictures in asked.items():
        rows = known_of_photos(recognizer, pictures)
        brands = rows.loc[rows["known"], "brand"].value_counts().head(3)
        most = ", ".join(f"{brand} {count}" for brand, count in brands.items())
        table.append([name, len(rows), share(rows, "known"), share(rows, "sneaker"), most or "–"])
    print_table(["photos that nothing was shown of", "photos", "known", "sneaker", "known as"], table)


def known_of_test_photos(home: Workspace) -> pd.DataFrame:
    """A row for each test photo: part (its source, where its brand is learnt), group, confident, right, known, sneaker.

    Raises:
        BundleError: when the workspace has no index or model.
        DataError: when features, photos or split are missing.
    """
    index = read_index_spec(home.index)
    model, features = BrandModel.open(home.brand_model(index.model)), load_features(home.features, index.extractor)
    photos = photo_rows(home, features)
    gallery = gallery_photos(photos[photos["split"] != "test"])
    asked = photos[photos["split"] == "test"]
    probabilities = model.probabilities(np.asarray(features.vectors[asked.index.to_numpy()]))
    named = np.asarray(model.spec.labels, object)[probabilities.argmax(axis=1)]
    evidence = evidence_of(asked, nearest_photos(photos, features, gallery, asked, ["group"]), features, model)
    sneaker = index.rules.sneaker.passes(evidence)
    unlearnt = np.where(asked["brand"] == NO_SNEAKER, "other things", "brands never learnt")
    rows = pd.DataFrame(
        {
            "part": asked["source"].where(asked["known"], unlearnt),
            "group": asked["product_id"],
            "confident": probabilities.max(axis=1) >= model.spec.unknown_threshold,
            "right": named == asked["brand"].to_numpy(object),
            "known": sneaker & index.rules.known(evidence),
            "sneaker": sneaker,
            "learnt": asked["known"],
        }
    )
    return rows.sort_values(["learnt", "part"], ascending=[False, True], kind="stable")


def known_of_photos(recognizer: Recognizer, photos: Iterable[NDArray[np.uint8]]) -> pd.DataFrame:
    """A row for each photo (H, W, 3) RGB that a bundle is asked: brand, known, sneaker; each a group of its own."""
    answers = [recognizer.answer(photo) for photo in photos]
    rows = [{"brand": each.brand, "known": each.known, "sneaker": each.sneaker} for each in answers]
    return pd.DataFrame(rows).assign(group=np.arange(len(rows)).astype(str))


def folder_photos(folder: Path) -> Iterable[NDArray[np.uint8]]:
    """Every photo below a folder, in the order of their names."""
    return (images.read(path) for path in sorted(folder.rglob("*")) if path.is_file())


if __name__ == "__main__":
    run(main)
