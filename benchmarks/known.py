"""How far can `known` be trusted? Shares of answers that count as known, and how many of them are right.

    .venv/bin/python -m benchmarks.known --workspace WORKSPACE

Test photos of a workspace, best of one that learnt from a single source, ask a gallery of its training and validation
photos. `confidence` counts an answer as known by the model's threshold and the similarity floor, `witness` also wants
one of the five nearest photos to be of the brand named, as `sneakers_ml.serving.recognizer` does with products.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from benchmarks.common import print_table, run
from sneakers_ml.brand_model import BrandModel
from sneakers_ml.embedding.photo_rows import photo_rows
from sneakers_ml.embedding.store import load_features
from sneakers_ml.features.extractor import unit_rows
from sneakers_ml.index.spec import read_index_spec
from sneakers_ml.workspace.paths import Workspace

WITNESSES = 5


def _shares(kept: NDArray[np.bool_], right: NDArray[np.bool_]) -> list[str]:
    precise = right[kept].mean() if kept.any() else float("nan")
    return [f"{kept.mean():.3f}", f"{precise:.3f}"]


def main(
    workspace: Annotated[Path, typer.Option(help="Workspace with trained models.")],
    model: Annotated[
        str, typer.Option(help="Brand model; its extractor must be the index's.")
    ] = "efficientnet_lite0-svm",
) -> None:
    """Print the table."""
    place = Workspace(workspace)
    judge = BrandModel.open(place.brand_model(model))
    features = load_features(place.features, judge.spec.extractor)
    rows = photo_rows(place, features)
    brands, sources = rows["brand"].to_numpy(str), rows["source"].to_numpy(str)
    known, asked = rows["known"].to_numpy(bool), rows["split"].to_numpy(str) == "test"
    vectors = unit_rows(np.asarray(features.vectors))
    gallery = known & ~asked
    similarity = vectors[asked] @ vectors[gallery].T
    probabilities = judge.probabilities(features.vectors[asked])
    named = np.asarray(judge.spec.labels)[probabilities.argmax(axis=1)]
    nearest = brands[gallery][np.argsort(-similarity, axis=1)[:, :WITNESSES]]
    floor = read_index_spec(place.index).similarity_floor
    sure = (probabilities.max(axis=1) >= judge.spec.unknown_threshold) & (similarity.max(axis=1) >= floor)
    witnessed = sure & (nearest == named[:, None]).any(axis=1)
    right = named == brands[asked]
    parts = {source: known[asked] & (sources[asked] == source) for source in np.unique(sources)}
    parts["brands never learnt"] = ~known[asked]
    table = [
        [name, int(part.sum()), *_shares(sure[part], right[part]), *_shares(witnessed[part], right[part])]
        for name, part in parts.items()
        if part.any()
    ]
    header = ["photos of", "photos", "confidence: known", "of them right", "witness: known", "of them right"]
    print_table(header, table)


if __name__ == "__main__":
    run(main)
