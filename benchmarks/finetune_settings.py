"""What is each part of the fine-tuning worth? A short training for each change of `finetune`, tried on other sources.

    .venv/bin/python -m benchmarks.finetune_settings efficientnet_lite0 --workspace WORKSPACE --out colourways
        --out street,nike_adidas_web --out smallshops:3 --steps 600 --change '{}' --change 'augmentation: {ground: 0}'

WORKSPACE has photos and a split, and is not changed. The sources named by `--out`, as in leave_one_source_out, are all
left out together. Each `--change` is YAML that is laid over the section `finetune` of params.yaml; '{}' is the section
as it is. Printed are the accuracy of brands in each set that was left out and in models that were not trained on (own),
macro-F1 of the latter, and recall@1 of models, the gallery being all photos of the same set. What is done is kept in
WORKSPACE/leave_out/changes.jsonl, where a run that was killed goes on.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import torch
import typer
import yaml
from sklearn.metrics import f1_score

from benchmarks.common import print_table, run
from benchmarks.leave_one_source_out import leave_out
from sneakers_ml.errors import ParamsError
from sneakers_ml.evaluation.metrics.retrieval import retrieval_metrics
from sneakers_ml.networks.backbone import BACKBONES
from sneakers_ml.networks.finetune import Run, sampled, train_network
from sneakers_ml.networks.labels import training_table
from sneakers_ml.networks.memory import keep_freed_memory
from sneakers_ml.networks.photos import TrainingPhotos
from sneakers_ml.networks.pixels import served_batches
from sneakers_ml.networks.search import SearchNetwork, fit_search
from sneakers_ml.progress import progress_bar
from sneakers_ml.workspace.params import FinetuneParams, load_params
from sneakers_ml.workspace.paths import Workspace


def _laid_over(values: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    return values | {
        name: _laid_over(values.get(name) or {}, value) if isinstance(value, dict) else value
        for name, value in change.items()
    }


def _trained(name: str, params: FinetuneParams, photos: TrainingPhotos) -> SearchNetwork:
    settings = BACKBONES.settings(name, params.sections)
    settings = settings.model_copy(update={"side": params.side or settings.side})
    torch.manual_seed(params.seed)
    with tempfile.TemporaryDirectory() as folder, progress_bar("finetune", "steps") as on_progress:
        place = Run(Path(folder) / "checkpoint", Path(folder), "", on_progress)
        trained, _ = train_network(BACKBONES[name](settings), settings, params, photos, None, place)
    return fit_search(trained, sampled(photos, params), params.served_side or settings.side)


def _figures(network: SearchNetwork, side: int, photos: TrainingPhotos, places: pd.Series) -> dict[str, float]:
    with torch.inference_mode():
        rows = torch.cat([network(each) for each in served_batches(photos.shoes, side, network.network.backbone)])
    vectors, named = rows[:, : network.searched].numpy(), rows[:, network.searched :].argmax(dim=1).numpy()
    models = np.where(photos.model >= 0, photos.model, -1 - np.arange(len(photos))).astype(str)
    figures = {}
    for place in sorted(places.unique()):
        own = (places == place).to_numpy()
        figures[f"{place}: accuracy"] = float(np.mean(named[own] == photos.label[own]))
        if place == "own":
            truth = photos.label[own]
            figures["own: macro-F1"] = float(f1_score(truth, named[own], average="macro", labels=np.unique(truth)))
        found = retrieval_metrics(vectors[own], vectors[own], models[own], models[own], np.arange(own.sum()), ks=(1,))
        if found.evaluated.any():
            figures[f"{place}: recall@1"] = float(found.hits.mean())
    return figures


def main(
    network: Annotated[str, typer.Argument(help="Backbone.")],
    workspace: Annotated[Path, typer.Option(help="With photos and a split.")],
    out: Annotated[list[str], typer.Option(help="Sources left out, commas between.")],
    change: Annotated[list[str], typer.Option(help="YAML over the section finetune.")],
    steps: Annotated[int, typer.Option(help="Of each training.")] = 600,
) -> None:
    """Print a row a change."""
    home = Workspace(workspace)
    params = load_params(home.params)
    there = leave_out(home, params, ",".join(out))
    table, section = training_table(there), yaml.safe_load(home.params.read_text("utf-8"))["finetune"]
    asked = table[(table["split"] == "val") & table["known"]]
    places = asked["source"].str.split("/").str[0].where(asked["unseen"], "own")
    kept = there.root.parent / "changes.jsonl"
    done = [json.loads(line) for line in kept.read_text("utf-8").splitlines()] if kept.exists() else []
    found: list[dict[str, Any]] = []
    read: dict[int, tuple[TrainingPhotos, TrainingPhotos]] = {}
    keep_freed_memory()
    for one in change:
        changed = _laid_over(section | section["profiles"][params.finetune.profile], {"steps": steps})
        changed = _laid_over(changed | {"profiles": {}}, yaml.safe_load(one) or {})
        try:
            settings = FinetuneParams.model_validate(changed)
        except ValueError as error:
            raise ParamsError(f"--change {one!r}: {error}") from None
        key = {"network": network, "out": out, "change": one, "settings": settings.model_dump_json()}
        if not (same := [row for row in done if row["key"] == key]):
            side = settings.served_side or settings.side or BACKBONES.settings(network, settings.sections).side
            if side not in read:
                training = table[table["split"] == "train"]
                labels = tuple(sorted(training["label"].unique()))
                read[side] = (
                    TrainingPhotos.read(training, there.photos, labels=labels, longest_side=side),
                    TrainingPhotos.read(asked, there.photos, labels=labels, longest_side=side),
                )
            photos, validation = read[side]
            row = {"key": key, "figures": _figures(_trained(network, settings, photos), side, validation, places)}
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
            same = [row]
        found.append({"change": one, **same[0]["figures"]})
    header = list(found[0])
    print_table(header, [[row["change"], *(f"{row[name]:.3f}" for name in header[1:])] for row in found])


if __name__ == "__main__":
    run(main)
