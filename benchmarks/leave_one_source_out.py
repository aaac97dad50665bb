"""What is lost in a shop or a street that no training photo came from? Each source is left out in turn.

    .venv/bin/python -m benchmarks.leave_one_source_out WORKSPACE --out colourways --out street,nike_adidas_web
        --out smallshops:3 [--model efficientnet_lite0-logistic] [--network efficientnet_lite0]

WORKSPACE has photos, a split and the vectors of the classical models. `--out` names sources that are left out together;
`NAME:3` is every third shop of an import of several. A model is trained on the others, then names the brands of test
photos of those (own) and of the photos that were left out (unseen). With `--together` all are left out at once: one
training instead of several, with less to learn from. Networks take as long as `sneakers finetune` each; what is done is
kept in WORKSPACE/leave_out, where a run that was killed goes on.

A network keeps its last step, so that no unseen photo chooses anything. Intervals resample models of shoes. ECE is in
15 bins of equal width, after a temperature fitted on validation photos of the sources that were trained on.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from numpy.typing import NDArray

from benchmarks.common import brand_intervals, print_table, run, shown
from sneakers_ml.catalogue.split import split_photos
from sneakers_ml.classifiers.calibration import fit_temperature, source_weights
from sneakers_ml.classifiers.train import train
from sneakers_ml.embedding.embed import embed
from sneakers_ml.embedding.store import load_features, photo_rows
from sneakers_ml.errors import UsageError
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.metrics.classification import expected_calibration_error
from sneakers_ml.features.extractor import TUNED
from sneakers_ml.inference.brand_model import BrandModel, temper
from sneakers_ml.progress import progress_bar
from sneakers_ml.tables import read_table, write_table
from sneakers_ml.workspace.params import Params, load_params
from sneakers_ml.workspace.paths import Workspace


def _sources(photos: pd.DataFrame, names: str) -> tuple[str, ...]:
    found: list[str] = []
    for name in names.split(","):
        source, _, every = name.partition(":")
        if not every:
            found.append(source)
        else:
            found += sorted(photos.loc[photos["source"] == source, "shop"].unique())[:: int(every)]
    return tuple(found)


def leave_out(home: Workspace, params: Params, names: str) -> Workspace:
    """A workspace that shares photos and vectors with another, and has a split of its own."""
    photos = read_table(home.photo_table, "photos")
    there = Workspace(home.root / "leave_out" / names.replace(",", "+").replace(":", "-every-"))
    there.features.mkdir(parents=True, exist_ok=True)
    shared = [home.photos, home.products.parent, *(file for file in home.features.glob("*") if TUNED not in file.name)]
    for path in shared:
        link = there.root / path.relative_to(home.root)
        if not link.exists():
            link.symlink_to(os.path.relpath(path, link.parent))
    unseen = params.split.model_copy(update={"unseen": _sources(photos, names)})
    write_table(split_photos(photos, unseen), there.split)
    return there


def _rows(there: Workspace, model: str, left_out: tuple[str, ...], resampling: Resampling) -> list[object]:
    """Photos and accuracy of own and unseen ones, what is lost between, macro-F1 and ECE of the unseen ones."""
    loaded = BrandModel.open(there.brand_model(model))
    features = load_features(there.features, loaded.spec.extractor)
    photos = photo_rows(there, features)
    labels = np.asarray(loaded.spec.labels)
    known = photos[photos["known"]]
    own, unseen = known[known["split"] == "test"], known[known["shop"].isin(left_out)]
    validation = known[(known["split"] == "val") & ~known["unseen"]]

    def untempered(rows: pd.DataFrame) -> NDArray[np.float32]:
        probabilities = loaded.probabilities(np.asarray(features.vectors[rows.index]))
        return temper(probabilities, 1 / loaded.spec.temperature).astype(np.float32)

    weights = source_weights(validation["source"].to_numpy(str))
    truth = labels.searchsorted(validation["brand"].to_numpy(str))
    temperature = fit_temperature(untempered(validation), truth, weights)
    found: list[object] = []
    accuracy = []
    for part in (own, unseen):
        probabilities = temper(untempered(part), temperature)
        truth = part["brand"].to_numpy(str)
        named, groups = labels[probabilities.argmax(axis=1)], part["model_id"].to_numpy(str)
        figures = brand_intervals(truth, [named], groups, resampling)
        accuracy.append(figures["accuracy"][0].value)
        found += [len(part), shown(figures["accuracy"][0])]
    error = expected_calibration_error(probabilities.max(axis=1), named == truth)
    return [*found, f"{100 * (accuracy[0] - accuracy[1]):+.1f}", shown(figures["macro_f1"][0]), f"{error:.3f}"]


def main(
    workspace: Annotated[Path, typer.Argument(help="With photos, split and vectors.")],
    out: Annotated[list[str], typer.Option(help="Sources left out together, commas between.")],
    model: Annotated[
        list[str] | None, typer.Option(help="Extractor and classifier, as models/brand names them.")
    ] = None,
    network: Annotated[list[str] | None, typer.Option(help="Networks to fine-tune, with the head that comes.")] = None,
    together: Annotated[bool, typer.Option(help="Leave all out at once.")] = False,
    resamples: int = 1000,
    seed: int = 20,
) -> None:
    """Print a row for each model and each set of sources left out."""
    home = Workspace(workspace)
    params, table = load_params(home.params), []
    finetuning = params.finetune.model_copy(update={"evaluate_every": params.finetune.steps})
    if not model and not network:
        raise UsageError("nothing to train: give --model or --network")
    photos = read_table(home.photo_table, "photos")
    for names in [",".join(out)] if together else out:
        there = leave_out(home, params, names)
        pairs = [tuple(one.rsplit("-", 1)) for one in model or ()]
        for name in network or ():
            if not there.network(name).exists():
                from sneakers_ml.networks.finetune import finetune

                with progress_bar(f"without {names}: finetune {name}", "steps") as on_progress:
                    finetune(there, name, finetuning, on_progress)
            embed(there, f"{TUNED}{name}", params.embed)
            pairs.append((f"{TUNED}{name}", "head"))
        for extractor, classifier in pairs:
            train(there, extractor, classifier, params.train)
            for part in out if together else [names]:
                left_out = _sources(photos, part)
                figures = _rows(there, f"{extractor}-{classifier}", left_out, Resampling(resamples, seed))
                table.append((part, f"{extractor}-{classifier}", *figures))
    print_table(
        ["left out", "model", "own", "accuracy", "unseen", "accuracy", "points lost", "macro-F1 unseen", "ECE unseen"],
        table,
    )


if __name__ == "__main__":
    run(main)
