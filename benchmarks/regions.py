"""Does cutting a small subject out of a busy photo help? Brands with the cut and without.

    .venv/bin/python -m benchmarks.regions DIR/street.csv --workspace WORKSPACE

The manifest holds photos with brands, best of a source that the workspace's models did not learn from. For shares from
0 (no cut on a busy background) upwards, the table says how many photos are cut when boxes up to that share of the
photo are trusted, and the brand's macro-F1 and accuracy; `sneakers_ml.features.subject` trusts boxes up to a half.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from sklearn.metrics import accuracy_score, f1_score

from benchmarks.common import labelled_photos, print_table, run
from sneakers_ml import images
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.extractor import load_extractor
from sneakers_ml.inference.brand_model import BrandModel
from sneakers_ml.workspace.paths import Workspace

_SHARES = (0.0, 0.25, 0.35, 0.5)


def main(
    manifest: Annotated[Path, typer.Argument(help="CSV with file and brand.")],
    workspace: Annotated[Path, typer.Option(help="Workspace with the trained models.")] = Path(),
    model: Annotated[str, typer.Option(help="Brand model.")] = "efficientnet_lite0-svm",
) -> None:
    """Print the table."""
    home = Workspace(workspace)
    classifier = BrandModel.open(home.brand_model(model))
    extractor = load_extractor(home.extractor(classifier.spec.extractor))
    photos = labelled_photos(manifest)
    with_cut, without, shares = [], [], []
    for file in photos.files:
        photo = images.read(file)
        shoe = cut(photo, shoe_region(photo))
        with_cut.append(extractor.transform([shoe])[0])
        # A frame of several colours, as `shoe_region` tells a busy photo; on a plain background the cut always stays.
        frame = np.concatenate([photo[0], photo[-1], photo[:, 0], photo[:, -1]]).astype(int)
        busy = np.mean(np.abs(frame - np.median(frame, axis=0)).max(axis=1) < 12) < 0.7
        without.append(extractor.transform([photo])[0] if busy else with_cut[-1])
        shares.append(shoe.size / photo.size if busy else 0.0)
    rows = []
    for limit in _SHARES:
        chosen = (np.array(shares) > 0) & (np.array(shares) <= limit)
        vectors = np.where(chosen[:, None], with_cut, without).astype(np.float32)
        named = np.char.lower(np.array(classifier.spec.labels))[classifier.probabilities(vectors).argmax(axis=1)]
        macro_f1 = f1_score(photos.brands, named, labels=np.unique(photos.brands), average="macro")
        accuracy = accuracy_score(photos.brands, named)
        rows.append((f"{limit:.2f}", chosen.sum(), f"{macro_f1:.3f}", f"{accuracy:.3f}"))
    print_table(["share", "cut", "macro-F1", "accuracy"], rows)


if __name__ == "__main__":
    run(main)
