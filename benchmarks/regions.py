"""Does cutting a small subject out of a busy photo help? Brands and neighbours with the cut and without.

    .venv/bin/python -m benchmarks.regions --workspace WORKSPACE --photos DIR/street.csv

The manifest holds photos with brands, best of a source that the workspace's models did not learn from. For shares from
0 (no cut on a busy background) upwards, the table says how many photos are cut when boxes up to that share of the
photo are trusted, and the brand's macro-F1 and accuracy; `sneakers_ml.features.subject` trusts boxes up to a half.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from benchmarks.common import labelled_photos, print_table, run
from sneakers_ml import images
from sneakers_ml.brand_model import BrandModel
from sneakers_ml.evaluation.metrics.classification import classification_metrics
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.extractor import load_extractor
from sneakers_ml.images.region import Region
from sneakers_ml.workspace.paths import Workspace

SHARES = (0.0, 0.25, 0.35, 0.5)


def _share(region: Region, photo: NDArray[np.uint8]) -> float:
    return (region.right - region.left) * (region.bottom - region.top) / (photo.shape[0] * photo.shape[1])


def _is_busy(photo: NDArray[np.uint8]) -> bool:
    """Whether the frame holds several colours, as `shoe_region` decides it on a plain background."""
    frame = np.concatenate([photo[0], photo[-1], photo[:, 0], photo[:, -1]]).astype(int)
    return bool(np.mean(np.abs(frame - np.median(frame, axis=0)).max(axis=1) < 12) < 0.7)


def main(
    workspace: Annotated[Path, typer.Option(help="Workspace with the trained models.")],
    photos: Annotated[Path, typer.Option(help="Manifest CSV of the photos.")],
    model: Annotated[str, typer.Option(help="Brand model.")] = "efficientnet_lite0-svm",
) -> None:
    """Print the table."""
    place = Workspace(workspace)
    judge = BrandModel.open(place.brand_model(model))
    extractor = load_extractor(place.extractor(judge.spec.extractor))
    labelled = labelled_photos(photos)
    whole, boxed, shares = [], [], []
    for file in labelled.files:
        photo = images.read(file)
        region = shoe_region(photo)
        busy = _is_busy(photo)
        boxed.append(extractor.transform([cut(photo, region)])[0])
        whole.append(extractor.transform([photo])[0] if busy else boxed[-1])
        shares.append(_share(region, photo) if busy else 0.0)
    rows = []
    for limit in SHARES:
        chosen = (np.array(shares) > 0) & (np.array(shares) <= limit)
        vectors = np.where(chosen[:, None], boxed, whole).astype(np.float32)
        named = np.asarray(judge.spec.labels)[judge.probabilities(vectors).argmax(axis=1)]
        figures = classification_metrics(list(labelled.brands), list(named), list(judge.spec.labels))
        rows.append(
            [f"{limit:.2f}", str(int(chosen.sum())), f"{figures['macro_f1']:.3f}", f"{figures['accuracy']:.3f}"]
        )
    print_table(["share", "cut", "macro-F1", "accuracy"], rows)


if __name__ == "__main__":
    run(main)
