"""How far can `known` be trusted? Shares of answers that count as known, and how many of them are right.

    .venv/bin/python -m benchmarks.known --workspace WORKSPACE

Test photos of a workspace, best of one that learnt from a single source, ask a gallery of its training and validation
photos. `confidence` counts an answer as known by the model's threshold and the similarity floor, `neighbour` also wants
one of the five nearest photos to be of the brand named, as `sneakers_ml.serving.recognizer` does with products.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.common import print_table, run
from sneakers_ml.embedding.store import load_features, photo_rows
from sneakers_ml.inference.brand_model import BrandModel
from sneakers_ml.vectors import unit_rows
from sneakers_ml.workspace.params import load_params
from sneakers_ml.workspace.paths import Workspace

_NEIGHBOURS = 5


def main(
    workspace: Annotated[Path, typer.Option(help="Workspace with trained models.")],
    model: Annotated[str, typer.Option(help="Brand model; its extractor is the index's.")] = "efficientnet_lite0-svm",
) -> None:
    """Print the table."""
    home = Workspace(workspace)
    classifier = BrandModel.open(home.brand_model(model))
    features = load_features(home.features, classifier.spec.extractor)
    rows = photo_rows(home, features)
    brands, sources, learnt = (rows[name].to_numpy() for name in ("brand", "source", "known"))
    asked = rows["split"].to_numpy(str) == "test"
    gallery = learnt & ~asked
    vectors = unit_rows(np.asarray(features.vectors))
    similarity = vectors[asked] @ vectors[gallery].T
    nearest = brands[gallery][np.argsort(-similarity, axis=1)[:, :_NEIGHBOURS]]
    probabilities = classifier.probabilities(features.vectors[asked])
    named = np.asarray(classifier.spec.labels)[probabilities.argmax(axis=1)]
    right = named == brands[asked]
    near = similarity.max(axis=1) >= load_params(home.params).index.similarity_floor
    confident = near & (probabilities.max(axis=1) >= classifier.spec.unknown_threshold)
    borne_out = confident & (nearest == named[:, None]).any(axis=1)
    parts = {str(source): learnt[asked] & (sources[asked] == source) for source in np.unique(sources)}
    parts["brands never learnt"] = ~learnt[asked]
    table = []
    for name, part in parts.items():
        if part.any():
            shares = (value for kept in (confident, borne_out) for value in (kept[part], right[part & kept]))
            means = (f"{np.mean(share) if len(share) else np.nan:.3f}" for share in shares)
            table.append([name, part.sum(), *means])
    header = ["photos of", "photos", "confidence: known", "of them right", "neighbour: known", "of them right"]
    print_table(header, table)


if __name__ == "__main__":
    run(main)
