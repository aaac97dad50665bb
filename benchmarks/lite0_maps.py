"""Which feature map of EfficientNet-Lite0 tells brands best, and pooled to how many cells?

    .venv/bin/python -m benchmarks.lite0_maps --workspace WORKSPACE

Works on training and validation photos alone. A logistic regression as `sneakers train` fits it (C = 0.1) is
cross-validated on those of `--source`, each shoe model in one fold, and then learnt from all of them to be asked about
those of every other source: a workspace that learns from all sources has some. Maps are named by the block they come
out of, of 0 to 15; `end` is the last one, which `efficientnet_lite0` pools whole. `lite0_grid` is block 10 in 4 cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from sklearn.metrics import f1_score
from torch import nn
from torch.nn.functional import adaptive_avg_pool2d

from benchmarks.common import calibrate, print_table, run
from benchmarks.reference_rows import Rows, learnt_rows
from sneakers_ml import images
from sneakers_ml.classifiers.registry import refit_classifier
from sneakers_ml.classifiers.tuning import TrainingSet, grouped_folds
from sneakers_ml.embedding.lite0 import lite0_backbone
from sneakers_ml.features.crop import cut, fill_square, shoe_region
from sneakers_ml.features.extractor import unit_rows
from sneakers_ml.parallel import ordered_map
from sneakers_ml.workspace.params import TrainParams, load_params
from sneakers_ml.workspace.paths import Workspace

_SIDE = 224
_BLOCKS = (4, 7, 10, 14)
_CHOICE = {"C": 0.1, "components": 320}


def _pooled(network: nn.Module, cells: Sequence[int], file: Path) -> list[NDArray[np.float32]]:
    """The maps after blocks 4, 7, 10, 14 and the end, each pooled to every number of cells along a side."""
    photo = images.read(file)
    square = fill_square(cut(photo, shoe_region(photo)), _SIDE)
    with torch.inference_mode():
        maps = _maps(network, torch.from_numpy((square.astype(np.float32) - 127) / 128).permute(2, 0, 1)[None])
        return [adaptive_avg_pool2d(one, count).flatten().numpy() for one in maps for count in cells]


def _maps(network: nn.Module, photo: torch.Tensor) -> list[torch.Tensor]:
    found, kept = network._swish(network._bn0(network._conv_stem(photo))), []
    for number, block in enumerate(network._blocks):
        found = block(found)
        if number in _BLOCKS:
            kept.append(found)
    return [*kept, network._swish(network._bn1(network._conv_head(found)))]


def _cross_validated(data: TrainingSet, params: TrainParams) -> float:
    named = np.empty(len(data.brands), data.brands.dtype)
    for train, held_out in grouped_folds(data, params):
        seen = data.rows(train)
        named[held_out] = refit_classifier("logistic", _CHOICE, seen, seen, params).predict(data.vectors[held_out])
    return float(f1_score(data.brands, named, average="macro"))


def _elsewhere(rows: Rows, vectors: NDArray[np.float32], source: str, params: TrainParams) -> list[float]:
    """Macro-F1 over the brands of each other source."""
    sources = rows.table["source"].to_numpy(str)
    data = TrainingSet(vectors, rows.brands, rows.table["group"].to_numpy(np.int64))
    seen = data.rows(sources == source)
    model = refit_classifier("logistic", _CHOICE, seen, seen, params)
    scores = []
    for other in _others(rows, source):
        truth, named = data.brands[sources == other], model.predict(vectors[sources == other])
        scores.append(float(f1_score(truth, named, labels=np.unique(truth), average="macro")))
    return scores


def _others(rows: Rows, source: str) -> list[str]:
    return sorted(set(rows.table["source"]) - {source})


def main(
    workspace: Annotated[Path, typer.Option(help="Workspace with photos and split.")],
    source: Annotated[str, typer.Option(help="Source to learn from.")] = "catalogue",
    cells: Annotated[list[int] | None, typer.Option(help="Along a side. Default: 1, 2, 4, 7.")] = None,
    limit: Annotated[int | None, typer.Option(help="Photos of each side and source, for a short trial.")] = None,
) -> None:
    """Print a row for each map and number of cells."""
    home, counts = Workspace(workspace), cells or [1, 2, 4, 7]
    params = load_params(home.params).train
    rows = learnt_rows(home, source, limit)
    rows = rows.where(rows.training | rows.validation)
    calibrate()
    torch.set_num_threads(1)
    columns = zip(*ordered_map(partial(_pooled, lite0_backbone().eval(), counts), rows.files, workers=2), strict=True)
    own = (rows.table["source"] == source).to_numpy()
    lines = []
    names = [(block, count) for block in [*map(str, _BLOCKS), "end"] for count in counts]
    for (block, count), column in zip(names, columns, strict=True):
        vectors = unit_rows(np.stack(column))
        data = TrainingSet(vectors, rows.brands, rows.table["group"].to_numpy(np.int64)).rows(own)
        scores = [_cross_validated(data, params), *_elsewhere(rows, vectors, source, params)]
        lines.append((block, f"{count} x {count}", f"{vectors.shape[1]:,}", *(f"{score:.3f}" for score in scores)))
        print(f"  {' '.join(lines[-1])}", flush=True)
    print_table(["block", "cells", "numbers", f"{source}, cross-validated", *_others(rows, source)], lines)
    calibrate()


if __name__ == "__main__":
    run(main)
