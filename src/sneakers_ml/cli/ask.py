"""The commands that ask a bundle about photos: their signatures, so that every other command starts without it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sneakers_ml.cli.output import workspace_of
from sneakers_ml.cli.photos import expand
from sneakers_ml.errors import UsageError

__all__ = ["register"]

Photos = Annotated[list[str], typer.Argument(metavar="PHOTO...", help="Photos, folders of photos, or @list.txt.")]
Top = Annotated[int, typer.Option(min=1, max=100, help="How many similar sneakers.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Draw = Annotated[Path | None, typer.Option(help="Also save a picture of the answer; for a single photo.")]


def predict(
    context: typer.Context,
    photos: Photos,
    top: Top = 5,
    model: Annotated[
        str | None, typer.Option(help="A trained model, such as hog-svm, instead of the bundle's.")
    ] = None,
    all_models: Annotated[
        bool, typer.Option("--all-models", help="Every trained model's answer beside the bundle's.")
    ] = False,
    as_json: AsJson = False,
    draw: Draw = None,
) -> None:
    """Name the brand of each photo, and the most similar sneakers.

    A photo that cannot be read is named with its reason; the others are answered, and the exit code is 1.

    With `--all-models` a bundle is needed only for the similar sneakers; a model that cannot be used is named with its
    reason, and the others answer.

    Example: `sneakers predict street.jpg`
    """
    from sneakers_ml.cli.asking import predict as run

    if model and all_models:
        raise UsageError("--model asks one model, --all-models every one; give one of the two")
    run(workspace_of(context), expand(photos), top, model, all_models=all_models, as_json=as_json, draw=draw)


def similar(
    context: typer.Context,
    photos: Photos,
    top: Top = 5,
    brand: Annotated[str | None, typer.Option(help="Of this brand only.")] = None,
    max_price: Annotated[float | None, typer.Option(min=0, help="Offered at this price or less.")] = None,
    currency: Annotated[str | None, typer.Option(help="Offers in this currency only, such as EUR.")] = None,
    as_json: AsJson = False,
    draw: Draw = None,
) -> None:
    """Find the most similar sneakers one can buy.

    Example: `sneakers similar street.jpg --brand nike --max-price 120`
    """
    from sneakers_ml.cli.asking import similar as run
    from sneakers_ml.serving.wanted import Wanted

    wanted = Wanted(brand, max_price, currency) if brand or currency or max_price is not None else None
    run(workspace_of(context), expand(photos), top, wanted, as_json=as_json, draw=draw)


def vectors(
    context: typer.Context,
    photos: Photos,
    out: Annotated[Path, typer.Option(help="Where to write: FILE.npz with the arrays `files` and `vectors`.")],
) -> None:
    """Save the unit vectors of photos, for tools of your own."""
    from sneakers_ml.cli.asking import vectors as run

    run(workspace_of(context), expand(photos), out)


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    for command in (predict, similar, vectors):
        app.command()(command)
