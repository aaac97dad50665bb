"""The command that draws the embedded data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sneakers_ml.cli.output import print_facts
from sneakers_ml.progress import progress_bar

__all__ = ["demo"]


def demo(
    folder: Annotated[Path, typer.Argument(help="Where the photos and their manifest go.")],
    seed: Annotated[int, typer.Option(help="Another seed, other sneakers.")] = 7,
    brands: Annotated[int, typer.Option(help="Invented brands.")] = 10,
    models: Annotated[int, typer.Option(help="Models a brand.")] = 10,
    queries: Annotated[int, typer.Option(help="Photos as if from a phone.")] = 12,
    things: Annotated[int, typer.Option(help="Photos of other things, in a folder of their own.")] = 0,
) -> None:
    """Draw the demo's sneakers: invented brands, catalogue photos, and a few photos as if from a phone."""
    from demo import render_demo

    sizes = {"brands": brands, "models": models, "queries": queries, "things": things}
    with progress_bar("draw") as on_progress:
        result = render_demo(folder, seed=seed, **sizes, on_progress=on_progress)
    print_facts("drew the demo", vars(result))
