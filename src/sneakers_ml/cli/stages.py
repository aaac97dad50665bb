"""The pipeline's commands, one a stage of dvc.yaml."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sneakers_ml.cli.output import print_facts, print_line, print_table, warn, workspace_of
from sneakers_ml.errors import DataError, UsageError
from sneakers_ml.progress import progress_bar
from sneakers_ml.workspace.paths import Workspace

__all__ = [
    "bundle",
    "embed",
    "evaluate",
    "finetune",
    "import_",
    "index",
    "merge",
    "photos",
    "refit",
    "split",
    "text",
    "train",
]

if TYPE_CHECKING:
    from sneakers_ml.catalogue.importing.importer import ImportResult
    from sneakers_ml.engine import Engine
    from sneakers_ml.workspace.params import EngineParams, Params

_SHOWN_REJECTS = 10
_SHOWN_LETTERS = 60
_LOCAL = "local"

EngineName = Annotated[
    str | None,
    typer.Option(
        "--engine", metavar="NAME", help="Where it runs: local, or ray on many machines. Default: params.yaml."
    ),
]
Address = Annotated[
    str | None,
    typer.Option(
        metavar="HOST:PORT",
        help="Of a Ray cluster's head, or auto for the one that this machine is in. Default: one is started here.",
    ),
]


def _params(workspace: Workspace) -> Params:
    """The workspace's params.yaml."""
    from sneakers_ml.workspace.params import load_params

    return load_params(workspace.params)


def _engine(params: EngineParams, name: str | None, address: str | None) -> Engine | None:
    """The engine that was asked for, or None for this process as it is; the options go before params.yaml."""
    from sneakers_ml.engine import ENGINES

    name = params.name if name is None else name
    sections = params.sections
    if address is not None:
        if name == _LOCAL:
            raise UsageError("--address is of a cluster; name its engine too: --engine ray")
        sections = {**sections, name: {**(sections.get(name) or {}), "address": address}}
    engine, settings = ENGINES[name], ENGINES.settings(name, sections)
    return None if name == _LOCAL and params.vectors == "npy" else engine(settings)


def import_(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="Folder brand/photo.jpg or brand/model/photo.jpg, or a CSV.")],
    source: Annotated[
        str | None, typer.Option(help="Name of this source. Without it, every manifest CSV in PATH is one source.")
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(help="CSV: file, brand and optionally model, product_id, title, price, currency, url, …"),
    ] = None,
    root: Annotated[
        Path | None, typer.Option(help="Folder that the CSV's files are relative to; default: its own.")
    ] = None,
    no_sneakers: Annotated[
        bool, typer.Option("--no-sneakers", help="The photos show other things: to learn what is no sneaker.")
    ] = False,
) -> None:
    """Bring in photos of your own, as often as you like: what is there already is not doubled.

    Example: `sneakers import ~/photos --source mine`
    """
    from sneakers_ml.catalogue.importing.importer import import_photos
    from sneakers_ml.catalogue.importing.sources import find_sources

    if source is None and (manifest or root):
        raise UsageError("--manifest and --root describe one source; name it with --source")
    if no_sneakers and source is None:
        raise UsageError("--no-sneakers is said of one source; name it with --source")
    raw, now = workspace_of(context).raw, datetime.now(UTC)
    sources = {source: path} if source else find_sources(path)
    failed = False
    for name, origin in sources.items():
        try:
            with progress_bar(f"import {name}") as on_progress:
                result = import_photos(
                    origin,
                    source=name,
                    raw=raw,
                    manifest=manifest,
                    root=root,
                    no_sneakers=no_sneakers,
                    now=now,
                    on_progress=on_progress,
                )
            _print_import(result, origin, raw / name)
        except DataError as error:
            if len(sources) == 1:
                raise
            warn(f"sneakers: {error}")
            failed = True
    if failed:
        raise typer.Exit(1)


def _print_import(result: ImportResult, origin: Path, folder: Path) -> None:
    """What an import did, how a table was understood, and the first of what was left out."""
    print_facts(
        f"imported {result.source}",
        {
            "listings": f"{result.listings:,} ({result.new:,} new)",
            "photos": result.photos,
            "rejected": len(result.rejected),
            "cells left empty (price, currency, view)": result.faults,
        },
    )
    for note in result.notes:
        print_line(f"  {note}")
    cells = [(f"row {each.row}, {each.column} {each.cell[:_SHOWN_LETTERS]!r}", each.reason) for each in result.faulty]
    for left_out, table in ((cells, "faults.csv"), (result.rejected, "rejected.csv")):
        for what, reason in left_out[:_SHOWN_REJECTS]:
            warn(f"  {what}: {reason}")
        if len(left_out) > _SHOWN_REJECTS:
            warn(f"  … all {len(left_out)} in {folder / table}")
    if not result.listings:
        raise DataError(f"{origin}: no photo could be read; the reasons are in {folder / 'rejected.csv'}")


def merge(
    context: typer.Context,
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="PRODUCT",
            help="Merge nothing; say why the listings of this product were joined. Its id, or the id's beginning.",
        ),
    ] = None,
) -> None:
    """Clean the listings of all sources and join them into products."""
    workspace = workspace_of(context)
    if explain is not None:
        from sneakers_ml.catalogue.explain import explain as explain_product
        from sneakers_ml.cli.printing import print_explanation

        print_explanation(explain_product(workspace, explain))
        return
    from sneakers_ml.catalogue.merge import merge as run

    print_facts("merged", {name.replace("_", " "): count for name, count in vars(run(workspace)).items()})


def photos(context: typer.Context, engine: EngineName = None, address: Address = None) -> None:
    """Check and normalise every photo; drop duplicates, group near-duplicates."""
    from sneakers_ml.catalogue.photos import normalise_photos
    from sneakers_ml.classifiers.classifier import CLASSIFIERS
    from sneakers_ml.features.extractor import EXTRACTORS

    workspace = workspace_of(context)
    params = _params(workspace)
    EXTRACTORS.check(params.embed.sections)  # before hours of work, rather than when their stage comes
    CLASSIFIERS.check(params.train.sections)
    runs_on = _engine(params.engine, engine, address)
    with progress_bar("photos") as on_progress:
        result = normalise_photos(workspace, params.photos, on_progress, engine=runs_on, shard=params.engine.shard)
    print_facts("photos", vars(result))


def split(context: typer.Context) -> None:
    """Share the models out between train, validation and test."""
    from sneakers_ml.catalogue.split import split as run

    workspace = workspace_of(context)
    result = run(workspace, _params(workspace).split)
    print_facts(
        "split",
        {
            **result.counts,
            "of unknown brands": result.unknown,
            "brands": ", ".join(result.brands),
            "kept out of training": ", ".join(result.unseen) or "no source",
        },
    )


def finetune(
    context: typer.Context,
    network: Annotated[str, typer.Argument(help="One that params.yaml names under `finetune`")],
) -> None:
    """Fine-tune a pretrained network on the training photos; goes on where a killed run stopped."""
    from sneakers_ml.networks.finetune import finetune as run

    workspace = workspace_of(context)
    with progress_bar(f"finetune {network}", "steps") as on_progress:
        result = run(workspace, network, _params(workspace).finetune, on_progress)
    if result.warning:
        warn(f"Warning: {result.warning}")
    print_facts(
        f"fine-tuned {network}",
        {
            "weights it began with": result.weights,
            "photos": f"{result.photos:,} of {result.labels} brands and things",
            "steps": f"{result.steps:,}, the weights after {result.kept:,} kept",
            "macro-F1 of brands on validation": f"{result.macro_f1:.3f}",
            "recall@1 of models on validation": f"{result.recall_at_1:.3f}",
        },
    )


def embed(
    context: typer.Context,
    extractor: Annotated[str, typer.Argument(help="One that params.yaml sets under `embed`")],
    engine: EngineName = None,
    address: Address = None,
) -> None:
    """Turn every photo into a vector; goes on where a killed run stopped."""
    from sneakers_ml.embedding.embed import embed as run

    workspace = workspace_of(context)
    params = _params(workspace)
    runs_on = _engine(params.engine, engine, address)
    with progress_bar(f"embed {extractor}") as on_progress:
        result = run(workspace, extractor, params.embed, on_progress, engine=runs_on, shard=params.engine.shard)
    if result.warning:
        warn(f"Warning: {result.warning}")
    print_facts(
        f"embedded with {result.shown}",
        {
            "photos": result.photos,
            "from an earlier run": result.resumed,
            "photos/s": result.rate,
            "seconds": result.wall,
            "of them, summed over workers": f"reading {result.reading:.1f}, computing {result.computing:.1f},"
            f" writing {result.writing:.2f}",
        },
    )


def train(
    context: typer.Context,
    extractor: Annotated[str, typer.Argument(help="Vectors to learn from; `sneakers embed` makes them")],
    classifier: Annotated[str, typer.Argument(help="One that params.yaml sets under `train`")],
) -> None:
    """Tune a brand classifier, export it to ONNX and prove that both answer alike."""
    from sneakers_ml.classifiers.train import train as run
    from sneakers_ml.features.extractor import shown_name

    workspace = workspace_of(context)
    with progress_bar(f"tune {extractor} {classifier}", "fits") as on_progress:
        result = run(workspace, extractor, classifier, _params(workspace).train, on_progress)
    print_facts(
        f"trained {shown_name(result.spec.name, result.weights)}",
        {
            "chosen": ", ".join(f"{key}={value}" for key, value in result.spec.choice.items()),
            **result.spec.metrics,
            "temperature": result.spec.temperature,
            "unknown below": result.spec.unknown_threshold,
            "largest difference of the export": result.parity,
            "seconds of tuning": result.costs["tune_seconds"],
            "seconds of fitting": result.costs["fit_seconds"],
            "milliseconds a vector": result.costs["predict_ms"],
            "bytes": result.spec.graph_bytes,
        },
    )


def refit(context: typer.Context) -> None:
    """Let the network that `evaluate` chose learn from all photos, where `finetune.refit_steps` says so."""
    from sneakers_ml.networks.refit import refit as run

    workspace = workspace_of(context)
    params = _params(workspace)
    with progress_bar("refit", "steps") as on_progress:
        result = run(workspace, params.finetune, params.embed, on_progress)
    print_facts(
        f"refit {result.extractor}", {"photos": result.photos, "steps": result.steps or "none; it serves as it is"}
    )


def index(
    context: typer.Context,
    update: Annotated[
        bool, typer.Option("--update", help="Add and remove what changed since; rules stay as they are")
    ] = False,
) -> None:
    """Build the gallery's index, of the extractor that `evaluate` chose, and fit the rules of answers."""
    from sneakers_ml.index.index import build_index, update_index

    workspace = workspace_of(context)
    params = _params(workspace).index
    if update:
        with progress_bar("index") as on_progress:
            changes = update_index(workspace, params, on_progress)
        print_facts("index", {**vars(changes), "updated": f"{changes.updated} photos since the rules were fitted"})
        return
    with progress_bar("index") as on_progress:
        result = build_index(workspace, params, on_progress)
    counts: dict[str, object] = {"photos": result.photos, "products": result.products, "megabytes": result.megabytes}
    if loss := result.reduction:
        counts["numbers of a vector"] = f"{result.dim} of {loss.dim}"
        counts["length kept"], counts["recall@10 of whole vectors"] = loss.energy, loss.recall
    print_facts("index", {**counts, **result.rules.figures})
    for note in (*result.notes, *result.rules.notes):
        print_line(f"  {note}")


def text(context: typer.Context) -> None:
    """Let words meet photos: train the text tower on titles, and index the catalogue's words."""
    from sneakers_ml.evaluation.metrics.bootstrap import Resampling
    from sneakers_ml.text.text import make_text

    workspace = workspace_of(context)
    params = _params(workspace)
    with progress_bar("text", "steps") as on_progress:
        result = make_text(
            workspace, params.text, Resampling(params.evaluate.resamples, params.evaluate.seed), on_progress
        )
    if result.warning:
        warn(f"Warning: {result.warning}")
    print_facts("text", {name: value for name, value in vars(result).items() if name not in ("recalls", "warning")})
    print_table(
        "recall@10 of test products' titles among the test photos",
        ["photos of", "recall@10", "by chance"],
        [
            [
                source,
                f"{each.value:.3f}" + (f" [{each.low:.3f}, {each.high:.3f}]" if each.bounded else ""),
                f"{level:.3f}",
            ]
            for source, (each, level) in result.recalls.items()
        ],
    )


def evaluate(context: typer.Context) -> None:
    """Measure every model on the test photos, and choose the one that serves; write reports/."""
    from sneakers_ml.cli.printing import print_evaluation
    from sneakers_ml.evaluation.evaluate import evaluate as run
    from sneakers_ml.workspace.choice import read_choice

    workspace = workspace_of(context)
    params = _params(workspace)
    with progress_bar("evaluate", "models") as on_progress:
        metrics = run(workspace, params, on_progress)
    print_evaluation(metrics)
    choice = read_choice(workspace.choice)
    judged = ", ".join(choice.unseen_sources) or "restyled validation photos, no source was kept out of training"
    print_facts("choice", {"serves": choice.name, "judged by": judged, "rule": choice.rule})


def bundle(context: typer.Context) -> None:
    """Gather what serving needs into models/serving/, with hashes."""
    from sneakers_ml.serving.bundle import make_bundle

    workspace = workspace_of(context)
    with progress_bar("bundle") as on_progress:
        result = make_bundle(workspace, _params(workspace).bundle, on_progress)
    print_facts("bundle", vars(result))
