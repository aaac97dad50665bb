"""The stage `finetune`: a pretrained network learns the brands, models and colourways of sneakers."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from dvclive.live import Live
from torch import nn
from torch.nn.functional import cross_entropy

from sneakers_ml.errors import DataError, ParamsError
from sneakers_ml.features.extractor import TUNED
from sneakers_ml.files import replacing_folder, write_atomically
from sneakers_ml.networks.augmentation import Augmentation
from sneakers_ml.networks.backbone import BACKBONES, Backbone, BackboneParams
from sneakers_ml.networks.checkpoint import TrainingState, save_tensors
from sneakers_ml.networks.export import check_parity, export
from sneakers_ml.networks.labels import training_table
from sneakers_ml.networks.memory import keep_freed_memory
from sneakers_ml.networks.network import SneakerNetwork
from sneakers_ml.networks.objective import LOSSES, make_objectives
from sneakers_ml.networks.photos import TrainingPhotos
from sneakers_ml.networks.pixels import as_tensor, served_batches
from sneakers_ml.networks.sampling import Batch, Sampler
from sneakers_ml.networks.search import fit_search
from sneakers_ml.networks.validation import validate
from sneakers_ml.parallel import ordered_map
from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.workspace.params import FinetuneParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["WEIGHTS", "FinetuneResult", "Run", "finetune", "sampled", "train_network"]

WEIGHTS = "network.safetensors"
"""Of a fine-tuned network, beside its graph: from which `sneakers refit` goes on."""

_SAMPLE = 2500  # training photos that the vector is fitted on while the network learns
_SEARCH_PHOTOS = 16_384  # when it has learnt, at most
_WARM_UP = 100  # steps
_LONGEST_GRADIENT = 5.0
_CHECKPOINT_EVERY = 100  # steps


@dataclass(frozen=True)
class FinetuneResult:
    """What came out: the step that was kept of those run, and macro-F1 and recall@1 of validation photos at it."""

    steps: int
    kept: int
    photos: int
    labels: int
    macro_f1: float
    recall_at_1: float
    weights: str
    warning: str


@dataclass(frozen=True)
class Run:
    """Where a training keeps its state and its logs; `key` tells whether a state found there is of this training."""

    checkpoint: Path
    logs: Path
    key: str
    on_progress: OnProgress = no_progress


def finetune(
    workspace: Workspace, name: str, params: FinetuneParams, on_progress: OnProgress = no_progress
) -> FinetuneResult:
    """Write models/networks/<name>/ with graph and description, and DVCLive's logs to reports/finetune/<name>/.

    Training photos teach; validation photos of all sources together say which step is kept and when to stop, as those
    of a few unseen ones alone say it by chance; test photos aren't touched. A run that was killed goes on from its last
    checkpoint, to the same numbers.

    Raises:
        UsageError: when no backbone or loss has that name.
        ParamsError: when its section does not fit.
        DataError: when photos or split are missing, there is nothing to train or to validate on, or a file of weights
            cannot be used.
        ParityError: when the exported network answers differently on a validation photo.
    """
    settings: BackboneParams = BACKBONES.settings(name, params.sections)
    settings = settings.model_copy(update={"side": params.side or settings.side})
    for chosen in (params.model, params.colourway):
        LOSSES.settings(chosen.loss, params.losses)
    torch.manual_seed(params.seed)  # of what is not pretrained
    backbone, served_side = BACKBONES[name](settings), params.served_side or settings.side
    for side in (settings.side, served_side):
        if side % backbone.side_step:
            raise ParamsError(
                f"params.yaml: finetune: {name} takes sides of a multiple of {backbone.side_step} px, not {side} px"
            )
    table = training_table(workspace)
    training, validation = table[table["split"] == "train"], table[(table["split"] == "val") & table["known"]]
    if training["label"].nunique() < 2 or validation.empty:
        raise DataError(f"{workspace.split}: too few photos to train and to validate on; run `sneakers split`")
    labels = tuple(sorted(training["label"].unique()))
    photos = TrainingPhotos.read(
        training, workspace.photos, labels=labels, longest_side=max(settings.side, served_side)
    )
    validating = TrainingPhotos.read(validation, workspace.photos, labels=labels)
    key = hashlib.sha256((params.model_dump_json() + table.to_json()).encode()).hexdigest()
    checkpoint = workspace.networks / f"{name}.checkpoint"
    run = Run(checkpoint, workspace.finetune_report(name), key, on_progress)
    keep_freed_memory()
    trained, result = train_network(backbone, settings, params, photos, validating, run)
    network = fit_search(trained, sampled(photos, params), served_side)
    with replacing_folder(workspace.network(name)) as folder:
        spec = export(network, folder, name=f"{TUNED}{name}", side=served_side)
        check_parity(network, folder, spec, validating)
        save_tensors(folder / WEIGHTS, trained.state_dict(), {"labels": labels, "dim": network.shoe.out_features})
    checkpoint.unlink(missing_ok=True)
    return result


def train_network(  # noqa: PLR0912, PLR0915 - a training loop is read from top to bottom
    backbone: Backbone,
    settings: BackboneParams,
    params: FinetuneParams,
    photos: TrainingPhotos,
    validation: TrainingPhotos | None,
    run: Run,
    *,
    weights: dict[str, torch.Tensor] | None = None,
) -> tuple[SneakerNetwork, FinetuneResult]:
    """Train the heads alone first, then every layer (Kumar et al., "LP-FT", ICLR 2022).

    Args:
        backbone: pretrained or not; trained in place.
        settings: its section of params.yaml, with the side of training photos.
        params: the section `finetune`.
        photos: to learn from.
        validation: whose figures say which step is kept; None: the last one.
        run: where state and logs lie.
        weights: to go on from; None: the backbone's own, under heads that have yet to learn.

    Returns:
        The network, on the CPU, with its weights averaged along the run.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(params.seed)
    network = SneakerNetwork(backbone, photos.labels).to(device).to(memory_format=torch.channels_last)
    dims = network.model.out_features, network.colourway.out_features
    objectives = make_objectives(params, photos, dims=dims).to(device)
    optimizer = _optimizer(network, objectives, settings, params)
    sampler = Sampler(photos, size=params.batch, true_colours=params.true_colours, seed=params.seed)
    grounds = [shoe.photo for shoe in photos.shoes if shoe.outline is None]
    augmentation = Augmentation(params.augmentation, settings.side, grounds)
    labels, fitted_on = torch.from_numpy(photos.label).to(device), sampled(photos, params, _SAMPLE)
    first = {parameter for layer in backbone.layers()[: settings.frozen_layers] for parameter in layer}
    frozen = [one for one in backbone.modules() if first.intersection(one.parameters(recurse=False))]
    served_side = params.served_side or settings.side

    def make(number: int) -> tuple[Batch, torch.Tensor]:
        batch, rng = sampler[number], np.random.default_rng([params.seed, number, 1])
        pairs = zip(batch.rows, batch.true_colours, strict=True)
        squares = [augmentation(photos.shoes[row], rng, true_colours=bool(true)) for row, true in pairs]
        return batch, as_tensor(squares, backbone)

    if weights is not None:
        network.load_state_dict(weights)
    state = TrainingState(network, objectives, optimizer)
    if state.restore(run.checkpoint, run.key):
        _forget_after(run.logs, state.done)
    elif weights is None:
        network.eval()
        with torch.no_grad():
            features = [
                network.features(pixels)[1] for pixels in served_batches(fitted_on.shoes, settings.side, backbone)
            ]
        network.start_projections(torch.cat(features))
        state = TrainingState(network, objectives, optimizer)

    with Live(str(run.logs), resume=state.done > 0, save_dvc_exp=False, dvcyaml=None, report=None) as live:
        for batch, pixels in ordered_map(make, range(state.done, params.steps), workers=2):
            if state.figures and state.done - state.kept > params.patience:
                break
            live.step, probing = state.done, state.done < params.probe_steps
            network.train()
            backbone.train(not probing).requires_grad_(not probing)
            for module in frozen:
                module.eval().requires_grad_(False)
            for group in optimizer.param_groups:
                group["lr"] = group["rate"] * _schedule(state.done, params)

            rows, true_colours = (torch.from_numpy(one).to(device) for one in batch)
            with torch.autocast(device.type, torch.bfloat16, enabled=params.mixed_precision):
                logits, model, colourway = network(pixels.to(device, memory_format=torch.channels_last))
            brand_loss = cross_entropy(logits.float(), labels[rows], label_smoothing=params.brand.smoothing)
            model_loss = objectives["model"](model.float(), rows, true_colours)
            colourway_loss = objectives["colourway"](colourway.float(), rows, true_colours)
            loss = (
                params.brand.weight * brand_loss
                + params.model.weight * model_loss
                + params.colourway.weight * colourway_loss
            )
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), _LONGEST_GRADIENT)
            optimizer.step()

            # Of the new weights; the first ones, which know nothing, are soon forgotten.
            state.add_to_average(max(1 - params.average, 19 / (20 + state.done)))
            state.done += 1
            for term, value in (("brand", brand_loss), ("model", model_loss), ("colourway", colourway_loss)):
                live.log_metric(f"train/{term}", value.item())
            if validation is None:
                if state.done == params.steps:
                    state.keep({"macro_f1": math.nan, "recall_at_1": math.nan})
            elif state.done % params.evaluate_every == 0 or state.done == params.steps:
                figures = validate(network, state.average, fitted_on, validation, served_side)
                for name, figure in figures.items():
                    live.log_metric(f"validation/{name}", figure)
                if not state.figures or sum(figures.values()) > sum(state.figures.values()):
                    state.keep(figures)
                live.next_step()  # which reads all of the logs again, so not at every step
            if state.done % _CHECKPOINT_EVERY == 0:
                state.save(run.checkpoint, run.key)
            run.on_progress(state.done, params.steps)
        for name, figure in state.figures.items():
            live.log_metric(f"kept/{name}", figure, plot=False)

    network.load_state_dict(state.best)
    result = FinetuneResult(
        steps=state.done,
        kept=state.kept,
        photos=len(photos),
        labels=len(photos.labels),
        weights=backbone.weights,
        warning=backbone.warning,
        **state.figures,
    )
    return network.cpu().eval(), result


def sampled(photos: TrainingPhotos, params: FinetuneParams, count: int = _SEARCH_PHOTOS) -> TrainingPhotos:
    """As many of the photos, drawn as for batches, or all."""
    sampler = Sampler(photos, size=params.batch, true_colours=params.true_colours, seed=params.seed)
    return photos.rows(sampler.draw(count))


def _optimizer(
    network: SneakerNetwork, objectives: nn.Module, settings: BackboneParams, params: FinetuneParams
) -> torch.optim.Optimizer:
    """AdamW; the peak rate of each group is its `rate`, lower towards the input, where weights know most already."""
    layers = network.backbone.layers()
    rates = [settings.lr * settings.layer_decay**depth for depth in reversed(range(len(layers)))]
    projections = [*network.model.parameters(), *network.colourway.parameters()]
    groups: Iterator[dict[str, Any]] = iter(
        [
            *({"params": layer, "rate": rate} for layer, rate in zip(layers, rates, strict=True)),
            {"params": projections, "rate": 1.5 * settings.lr, "weight_decay": 0.0},
            {"params": [*network.brand.parameters(), *objectives.parameters()], "rate": params.head_lr},
        ]
    )
    return torch.optim.AdamW(groups, weight_decay=params.weight_decay, betas=(0.9, 0.98))


def _schedule(step: int, params: FinetuneParams) -> float:
    """Share of the peak rate: warm-up and steady for the heads alone, then warm-up and cosine for all layers."""
    if step < params.probe_steps:
        return min(1.0, (step + 1) / _WARM_UP)
    done = (step - params.probe_steps) / (params.steps - params.probe_steps)
    return min(1.0, (step - params.probe_steps + 1) / _WARM_UP) * (1 + math.cos(math.pi * done)) / 2


def _forget_after(logs: Path, steps: int) -> None:
    """Take the rows of later steps, which will be run again, out of DVCLive's histories."""
    for history in logs.rglob("*.tsv"):
        header, *rows = history.read_bytes().splitlines(keepends=True)
        place = header.split().index(b"step")
        write_atomically(history, header + b"".join(row for row in rows if int(row.split(b"\t")[place]) < steps))
