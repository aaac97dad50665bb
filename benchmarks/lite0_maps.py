"""Which feature map of EfficientNet-Lite0 tells brands best, and pooled to how many cells?

    .venv/bin/python -m benchmarks.lite0_maps --workspace WORKSPACE

Works on training and validation photos alone. A logistic regression as `sneakers train` fits it (C = 0.1) is
cross-validated on those of `--source`, each shoe model in one fold, and then learnt from all of them to be asked about
those of every other source: a workspace that learns from all sources has some. Maps are named by the block they come
out of, of 0 to 15; `end` is the last one, which `efficientnet_lite0` pools whole. `lite0_grid` is block 10 in 4 cells.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from sklearn.metrics import f1_score
from torch.nn.functional import adaptive_avg_pool2d

from benchmarks.common import calibrate, predict, print_table, run
from sneakers_ml import images
from sneakers_ml.classifiers.classifier import TrainingSet, refit_classifier
from sneakers_ml.classifiers.tuning import grouped_folds
from sneakers_ml.embedding.efficientnet_lite0 import lite0_backbone
from sneakers_ml.embedding.store import photo_rows
from sneakers_ml.errors import UsageError
from sneakers_ml.features.crop import cut, fill_square, shoe_region
from sneakers_ml.parallel import ordered_map
from sneakers_ml.vectors import unit_rows
from sneakers_ml.workspace.params import TrainParams, load_params
from sneakers_ml.workspace.paths import Workspace

_SIDE = 224
_BLOCKS = (4, 7, 10, 14)
_CHOICE = {"C": 0.1, "components": 320}


def _scores(data: TrainingSet, sources: NDArray[np.str_], source: str, params: TrainParams) -> list[float]:
    """Macro-F1 over the brands of the truth: cross-validated on the source, then on each other one by its name."""

    def named(seen: TrainingSet, asked: NDArray[np.float32]) -> NDArray[np.str_]:
        return predict(refit_classifier("logistic", _CHOICE, seen, seen, params), asked)

    own = data.rows(sources == source)
    answers = np.empty_like(own.brands)
    for train, held_out in grouped_folds(own, params):
        answers[held_out] = named(own.rows(train), own.vectors[held_out])
    scores = [float(f1_score(own.brands, answers, average="macro"))]
    for other in sorted({*sources} - {source}):
        truth, answers = data.brands[sources == other], named(own, data.vectors[sources == other])
        scores.append(float(f1_score(truth, answers, labels=np.unique(truth), average="macro")))
    return scores


def main(
    workspace: Annotated[Path, typer.Option(help="Workspace with photos and split.")],
    source: Annotated[str, typer.Option(help="Source to learn from.")] = "catalogue",
    cells: Annotated[list[int] | None, typer.Option(help="Along a side. Default: 1, 2, 4, 7.")] = None,
    limit: Annotated[int | None, typer.Option(help="Photos of each brand, side and source, for a trial.")] = None,
) -> None:
    """Print a row for each map and number of cells."""
    home, counts = Workspace(workspace), cells or [1, 2, 4, 7]
    params, table = load_params(home.params).train, photo_rows(home)
    table = table[table["known"] & table["split"].isin(["train", "val"])]
    if limit is not None:
        table = table.groupby(["split", "source", "brand"], sort=False).head(limit)
    brands, groups, sources = table["brand"].to_numpy(str), table["group"].to_numpy(int), table["source"].to_numpy(str)
    if source not in sources:
        raise UsageError(f"no photo is of source {source!r}; choose with --source from {', '.join({*sources})}")
    calibrate()
    torch.set_num_threads(1)
    network = lite0_backbone().eval()

    def pooled(file: str) -> list[NDArray[np.float32]]:
        """Each block's map, and the end's, pooled to every number of cells along a side."""
        photo = images.read(home.photos / file)
        square = fill_square(cut(photo, shoe_region(photo)), _SIDE)
        maps = []
        with torch.inference_mode():
            found = torch.from_numpy((square.astype(np.float32) - 127) / 128).permute(2, 0, 1)[None]
            found = network._swish(network._bn0(network._conv_stem(found)))
            for number, block in enumerate(network._blocks):
                found = block(found)
                if number in _BLOCKS:
                    maps.append(found)
            maps.append(network._swish(network._bn1(network._conv_head(found))))
            return [adaptive_avg_pool2d(one, count).flatten().numpy() for one in maps for count in counts]

    columns = zip(*ordered_map(pooled, table["file"], workers=2), strict=True)
    names = [(block, count) for block in [*map(str, _BLOCKS), "end"] for count in counts]
    lines = []
    for (block, count), column in zip(names, columns, strict=True):
        vectors = unit_rows(np.stack(column))
        scores = _scores(TrainingSet(vectors, brands, groups), sources, source, params)
        lines.append((block, f"{count} x {count}", f"{vectors.shape[1]:,}", *(f"{score:.3f}" for score in scores)))
        print(f"  {' '.join(lines[-1])}", flush=True)
    others = sorted({*sources} - {source})
    print_table(["block", "cells", "numbers", f"{source}, cross-validated", *others], lines)
    calibrate()


if __name__ == "__main__":
    run(main)
