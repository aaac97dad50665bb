"""The command that examines an installation."""

from __future__ import annotations

import typer

from sneakers_ml.cli.output import print_table, workspace_of
from sneakers_ml.workspace.settings import load_settings

__all__ = ["register"]

_MARKS = {True: "ok", False: "no", None: ""}


def doctor(context: typer.Context) -> None:
    """Say what is installed, which weights and bundles are there, and whether token and S3 are set."""
    from sneakers_ml.doctor import examine

    findings = examine(workspace_of(context), load_settings())
    print_table("sneakers doctor", ["", "what", "detail"], ((_MARKS[f.good], f.what, f.detail) for f in findings))


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.command()(doctor)
