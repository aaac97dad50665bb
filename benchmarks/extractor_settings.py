"""Which settings of an extractor tell brands best? Validation macro-F1 of a logistic regression for each combination.

    .venv/bin/python -m benchmarks.extractor_settings sift words=32,64 place=0,12 --workspace WORKSPACE --seeds 3
    .venv/bin/python -m benchmarks.extractor_settings hog side=128,160 cell=8,16 block=1,2,3 --workspace WORKSPACE

What is not named is as in params.yaml. Each combination embeds the workspace's photos as `sneakers embed` does, in a
copy of it; the logistic regression of `sneakers train` learns from the training photos. SIFT's codebook starts from
chance, so it is fitted with several seeds: differences within their span, some .04, say nothing.

SIFT on 1,014 training and 342 validation photos of 13 brands (mean of three seeds, without place and with it at 12):

    words=32  .587  .638
    words=64  .609  .634

So params.yaml gives patches their place. On a detector's keypoints, which were described before the grid, 64 words had
.405 and .427.
"""

from __future__ import annotations

import tempfile
import time
from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
import yaml
from sklearn.metrics import f1_score

from benchmarks.common import calibrate, predict, print_table, run
from sneakers_ml.classifiers.classifier import TrainingSet, fit_classifier
from sneakers_ml.embedding.embed import embed
from sneakers_ml.embedding.store import load_features, photo_rows
from sneakers_ml.workspace.params import load_params
from sneakers_ml.workspace.paths import Workspace


def _score(workspace: Workspace, extractor: str) -> tuple[int, float]:
    """Length of a vector and macro-F1 on the validation photos of learnt brands."""
    params = load_params(workspace.params)
    embed(workspace, extractor, params.embed)
    features = load_features(workspace.features, extractor)
    rows = photo_rows(workspace, features)
    training, validation = (
        TrainingSet(features.vectors[side.index], side["brand"].to_numpy(str), side["group"].to_numpy(int))
        for side in (rows[rows["known"] & (rows["split"] == name)] for name in ("train", "val"))
    )
    fitted = fit_classifier("logistic", training, validation, params.train).fitted
    named = predict(fitted, validation.vectors)
    return features.vectors.shape[1], float(f1_score(validation.brands, named, average="macro"))


def main(
    extractor: Annotated[str, typer.Argument(help="Extractor, such as hog or sift.")],
    settings: Annotated[list[str], typer.Argument(help="A setting and what is tried for it: words=32,64.")],
    workspace: Annotated[Path, typer.Option(help="Workspace with photos and split.")],
    seeds: Annotated[int, typer.Option(help="Fits of each combination, for an extractor with a seed.")] = 1,
) -> None:
    """Print the table, a row as soon as it is known."""
    home = Workspace(workspace.resolve())
    params = yaml.safe_load(home.params.read_text(encoding="utf-8"))
    usual = params["embed"].get(extractor) or {}
    names, values = zip(*(setting.split("=") for setting in settings), strict=True)
    calibrate()
    lines = []
    for chosen in product(*(map(yaml.safe_load, value.split(",")) for value in values)):
        scores, started = [], time.perf_counter()
        for seed in range(seeds):
            with tempfile.TemporaryDirectory() as folder:
                copy = Workspace(Path(folder))
                changed = dict(zip(names, chosen, strict=True)) | ({"seed": seed} if seeds > 1 else {})
                params["embed"][extractor] = usual | changed
                copy.params.write_text(yaml.safe_dump(params), encoding="utf-8")
                copy.split.parent.mkdir()
                copy.split.symlink_to(home.split)
                copy.photos.symlink_to(home.photos)
                dim, score = _score(copy, extractor)
                scores.append(score)
        seconds = (time.perf_counter() - started) / seeds
        span = f"{min(scores):.3f} to {max(scores):.3f}"
        lines.append((*map(str, chosen), f"{dim:,}", f"{np.mean(scores):.3f}", span, f"{seconds:.0f}"))
        print(f"  {' '.join(lines[-1])}", flush=True)
    print_table([*names, "numbers", "macro-F1", "of seeds", "seconds each"], lines)
    calibrate()


if __name__ == "__main__":
    run(main)
