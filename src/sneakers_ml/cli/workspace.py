"""The command that makes a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sneakers_ml.cli.output import print_facts
from sneakers_ml.workspace.layout import make_workspace, read_brands
from sneakers_ml.workspace.params import load_params

__all__ = ["register"]


def workspace(
    folder: Annotated[Path, typer.Argument(help="Made when missing.")],
    brands: Annotated[Path | None, typer.Option(help="Text file with the brands to learn, one a line.")] = None,
    train_source: Annotated[
        list[str] | None, typer.Option(help="Learn from this source only (repeatable); the others are test.")
    ] = None,
) -> None:
    """Make a folder a workspace, where the same pipeline runs on other photos.

    Example: `sneakers workspace ../mine`, then `sneakers --workspace ../mine import ~/photos --source mine`, then
    `dvc repro` in ../mine.
    """
    split = {"brands": read_brands(brands)} if brands else {}
    if train_source:
        split["train_sources"] = train_source
    make_workspace(folder, split)
    chosen = load_params(folder / "params.yaml").split
    print_facts(
        f"workspace {folder}",
        {
            "brands": ", ".join(chosen.brands or ()) or f"those with at least {chosen.min_photos} photos",
            "learns from": ", ".join(chosen.train_sources or ()) or "all sources",
            "next": "import photos or crawl a shop, then run dvc repro in it",
        },
    )


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.command()(workspace)
