"""The application: its one global option, its commands, and what a failure looks like."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from sneakers_ml.cli import ask, catalogue, crawl, demo, doctor, remote, serve, stages, workspace
from sneakers_ml.errors import SneakersError, UsageError
from sneakers_ml.workspace.paths import Workspace
from sneakers_ml.workspace.settings import load_settings

__all__ = ["app", "main"]

app = typer.Typer(
    name="sneakers",
    help="Find sneakers by photo. Build the models with `dvc repro`, then ask with `sneakers predict PHOTO`.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    add_completion=False,
)
for room in (ask, crawl, stages, catalogue, workspace, remote, serve, doctor, demo):
    room.register(app)


@app.callback()
def choose_workspace(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--workspace",
            metavar="DIR",
            help="Folder with data/, models/ and reports/. Default: $SNEAKERS_HOME, else the current folder.",
        ),
    ] = None,
) -> None:
    """Find sneakers by photo."""
    context.obj = Workspace(folder or load_settings().sneakers_home or Path())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line (None: the process's own); a failure is one line on standard error, exit code 1 or 2."""
    try:
        app(arguments, prog_name="sneakers")
    except SneakersError as error:
        print(f"sneakers: {error}", file=sys.stderr)  # noqa: T201 - the one place where failures are printed
        sys.exit(error.exit_code)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] in ("sneakers_ml", "bot"):
            raise
        print(  # noqa: T201
            f"sneakers: {error.name} is not installed; install the extra that this command needs: pip install"
            " 'sneakers-ml[train]'",
            file=sys.stderr,
        )
        sys.exit(UsageError.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:  # a file of the user's that cannot be written, or a full disk
        print(f"sneakers: {error.filename or 'files'}: {error.strerror or error}", file=sys.stderr)  # noqa: T201
        sys.exit(1)
