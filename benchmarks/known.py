"""How far can `known` be trusted? Shares of answers that count as known, and how many of them are right.

    .venv/bin/python -m benchmarks.known --workspace WORKSPACE

Test photos of a workspace, best of one that learnt from a single source, ask a gallery of its training and validation
photos without their own model. `confidence` counts an answer as known by the model's own threshold, `rules` by the
rules that `sneakers index` fitted, as `sneakers_ml.serving.recognizer` does. The last column: called a sneaker.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.common import print_table, run
from sneakers_ml.catalogue.cleaning.naming import NO_SNEAKER
from sneakers_ml.embedding.store import load_features, photo_rows
from sneakers_ml.index.rules import evidence_of, gallery_photos, nearest_photos
from sneakers_ml.index.spec import read_index_spec
from sneakers_ml.inference.brand_model import BrandModel
from sneakers_ml.workspace.paths import Workspace


def main(workspace: Annotated[Path, typer.Option(help="Workspace with an index.")]) -> None:
    """Print the table."""
    home = Workspace(workspace)
    index = read_index_spec(home.index)
    model, features = BrandModel.open(home.brand_model(index.model)), load_features(home.features, index.extractor)
    photos = photo_rows(home, features)
    gallery = gallery_photos(photos[photos["split"] != "test"])
    asked = photos[photos["split"] == "test"]
    probabilities = model.probabilities(np.asarray(features.vectors[asked.index.to_numpy()]))
    named, sure = np.asarray(model.spec.labels, object)[probabilities.argmax(axis=1)], probabilities.max(axis=1)
    evidence = evidence_of(asked, nearest_photos(photos, features, gallery, asked, ["group"]), features, model)
    sneaker = index.rules.sneaker.passes(evidence)
    confident = sure >= model.spec.unknown_threshold
    known = sneaker & index.rules.brand.passes(evidence)
    right = named == asked["brand"].to_numpy(object)
    things, learnt = (asked["brand"] == NO_SNEAKER).to_numpy(), asked["known"].to_numpy()
    sources = asked["source"].to_numpy(str)
    parts = {str(source): learnt & (sources == source) for source in np.unique(sources)}
    parts |= {"brands never learnt": ~learnt & ~things, "other things": things}
    table = []
    for name, part in parts.items():
        if part.any():
            shares = (confident[part], right[part & confident], known[part], right[part & known], sneaker[part])
            table.append([name, part.sum(), *(f"{np.mean(share) if len(share) else np.nan:.3f}" for share in shares)])
    header = ["photos of", "photos", "confidence: known", "of them right", "rules: known", "of them right", "sneaker"]
    print_table(header, table)


if __name__ == "__main__":
    run(main)
