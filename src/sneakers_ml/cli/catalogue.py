"""Commands about the merged catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sneakers_ml.cli.output import print_facts, workspace_of

__all__ = ["catalogue"]

catalogue = typer.Typer(name="catalogue", help="Look at the merged catalogue.", no_args_is_help=True)


@catalogue.command()
def report(
    context: typer.Context,
    out: Annotated[
        Path | None,
        typer.Option(help="Page to write or renew between its marks. Default: reports/catalogue.md."),
    ] = None,
) -> None:
    """Write counts, tables and plots: products, prices, price changes, photos, joins, what was set aside."""
    from sneakers_ml.catalogue.overview.page import write_overview

    workspace = workspace_of(context)
    page = out or workspace.reports / "catalogue.md"
    print_facts("catalogue", {**write_overview(workspace, page), "page": page})
