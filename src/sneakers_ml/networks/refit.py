"""The stage `refit`: the network that was chosen goes on learning, from all photos, before it serves."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sneakers_ml.embedding.embed import embed_files
from sneakers_ml.embedding.store import FeatureWriter
from sneakers_ml.features.extractor import TUNED, load_extractor
from sneakers_ml.files import replacing_folder
from sneakers_ml.networks.backbone import BACKBONES
from sneakers_ml.networks.checkpoint import load_tensors
from sneakers_ml.networks.export import check_parity, export
from sneakers_ml.networks.finetune import WEIGHTS, Run, sampled, train_network
from sneakers_ml.networks.labels import training_table
from sneakers_ml.networks.memory import keep_freed_memory
from sneakers_ml.networks.photos import TrainingPhotos
from sneakers_ml.networks.search import fit_search
from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.tables import read_table
from sneakers_ml.workspace.choice import read_choice
from sneakers_ml.workspace.params import EmbedParams, FinetuneParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["RefitResult", "refit"]

_RATE = 0.5  # of the rates of the fine-tuning


@dataclass(frozen=True)
class RefitResult:
    """The extractor that serves, and the photos and steps it was trained on further; 0 where it stays as it is."""

    extractor: str
    photos: int = 0
    steps: int = 0


def refit(
    workspace: Workspace, params: FinetuneParams, embedding: EmbedParams, on_progress: OnProgress = no_progress
) -> RefitResult:
    """Write models/refit/: extractor.json, model.onnx and the vectors of all photos; an empty folder where none serves.

    What was chosen by photos of sources that were left out is right for those that are trained on too; a network that
    serves had better know all of them. Its labels stay, and what was calibrated with it before. Nothing can be measured
    on photos that it has seen: figures are those of the network before.

    Raises:
        BundleError: when there is no choice yet.
        DataError: when photos, split or the network's weights are missing or damaged.
        ParityError: when the exported network answers differently on a photo.
    """
    choice, steps = read_choice(workspace.choice), params.refit_steps
    if not choice.extractor.startswith(TUNED) or not steps:
        with replacing_folder(workspace.refit):
            return RefitResult(choice.extractor)
    name = choice.extractor.removeprefix(TUNED)
    settings = BACKBONES.settings(name, params.sections)
    settings = settings.model_copy(update={"side": params.side or settings.side, "lr": _RATE * settings.lr})
    weights, facts = load_tensors(workspace.network(name) / WEIGHTS)
    labels, served_side = tuple(facts["labels"]), params.served_side or settings.side
    shorter = params.model_copy(
        update={"steps": steps, "probe_steps": 0, "head_lr": _RATE * params.head_lr, "seed": params.seed + 1}
    )
    table = training_table(workspace)
    table = table[table["label"].isin(labels)]
    photos = TrainingPhotos.read(table, workspace.photos, labels=labels, longest_side=max(settings.side, served_side))
    key = hashlib.sha256((shorter.model_dump_json() + table.to_json() + choice.name).encode()).hexdigest()
    keep_freed_memory()
    with tempfile.TemporaryDirectory() as logs:
        run = Run(workspace.networks / f"{name}.refit", Path(logs), key, on_progress)
        backbone = BACKBONES[name](settings)
        trained, _ = train_network(backbone, settings, shorter, photos, None, run, weights=weights)
    network = fit_search(trained, sampled(photos, shorter), served_side, facts["dim"])
    with replacing_folder(workspace.refit) as folder:
        spec = export(network, folder, name=choice.extractor, side=served_side)
        some = table[table["split"] == "val"]
        check_parity(network, folder, spec, TrainingPhotos.read(some, workspace.photos, labels=labels))
        shown = read_table(workspace.photo_table, "photos", ["photo_id", "file"])
        with FeatureWriter(folder, spec.name, shown["photo_id"].tolist(), spec.model_dump()) as writer:
            files = [workspace.photos / file for file in shown["file"]]
            embed_files(load_extractor(folder, threads=1), files, writer, embedding)
    run.checkpoint.unlink(missing_ok=True)
    return RefitResult(choice.extractor, len(photos), steps)
