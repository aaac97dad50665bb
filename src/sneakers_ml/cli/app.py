"""The application: its global options, its commands in groups, and what a failure looks like."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from sneakers_ml import __version__
from sneakers_ml.cli.ask import find, predict, similar, vectors
from sneakers_ml.cli.catalogue import catalogue
from sneakers_ml.cli.crawl import crawl
from sneakers_ml.cli.demo import demo
from sneakers_ml.cli.doctor import doctor
from sneakers_ml.cli.serve import bot, web
from sneakers_ml.cli.setup import remote, workspace
from sneakers_ml.cli.stages import (
    bundle,
    embed,
    evaluate,
    finetune,
    import_,
    index,
    merge,
    photos,
    refit,
    split,
    text,
    train,
)
from sneakers_ml.errors import SneakersError, UsageError
from sneakers_ml.workspace.paths import Workspace
from sneakers_ml.workspace.settings import load_settings

__all__ = ["app", "main"]

_COMMANDS: dict[str, tuple[Callable[..., None] | typer.Typer, ...]] = {
    "Ask": (predict, similar, find, vectors),
    "Build": (
        crawl,
        import_,
        merge,
        photos,
        split,
        finetune,
        embed,
        train,
        evaluate,
        refit,
        index,
        text,
        bundle,
        catalogue,
    ),
    "Serve": (bot, web),
    "Set up": (workspace, remote, doctor, demo),
}
"""Group of the help -> its commands, in the order in which they are shown."""

_EXTRAS = {"open_clip": "clip", "tokenizers": "clip", "streamlit": "web"}
"""Package -> the extra that brings it, where that is not `train` or `crawl`."""

app = typer.Typer(
    name="sneakers",
    help="Find sneakers by photo. Build the models with `dvc repro`, then ask with `sneakers predict PHOTO`.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    add_completion=False,
)
for group, commands in _COMMANDS.items():
    for command in commands:
        if isinstance(command, typer.Typer):
            app.add_typer(command, rich_help_panel=group)
        else:
            app.command(command.__name__.rstrip("_"), rich_help_panel=group)(command)


def _print_version(wished: bool) -> None:
    if wished:
        typer.echo(f"sneakers {__version__}")
        raise typer.Exit


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
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Find sneakers by photo."""
    context.obj = Workspace(folder or load_settings().sneakers_home or Path())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line (None: the process's own); a failure is one line on standard error, exit code 1 or 2."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # what a terminal has no letters for becomes question marks
    try:
        app(arguments, prog_name="sneakers")
    except SneakersError as error:
        _fail(str(error), error.exit_code)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] in ("sneakers_ml", "bot", "demo", "scrapers"):
            raise
        extra = _EXTRAS.get(error.name or "", "train")
        install = f"install the extra that this command needs: pip install 'sneakers-ml[{extra}]'"
        install += ", or [crawl]" if extra == "train" else ""
        _fail(f"{error.name} is not installed; {install}", UsageError.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:  # a file of the user's that cannot be written, or a full disk
        _fail(f"{error.filename or 'files'}: {error.strerror or error}", 1)


def _fail(message: str, code: int) -> None:
    print(f"sneakers: {message}", file=sys.stderr)  # noqa: T201 - the one place where failures are printed
    sys.exit(code)
