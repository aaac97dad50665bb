"""The application: its global options, its commands in groups, and what a failure looks like."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from typer.core import TyperGroup

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
from sneakers_ml.terminal import printable
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

_EXTRAS = {"open_clip": "clip", "tokenizers": "clip", "ray": "scale", "streamlit": "web"}
"""Package -> the extra that brings it, where that is not `train` or `crawl`."""


_WRONG_USE: type[Exception] = typer.BadParameter.__bases__[0]
"""All that typer says of wrong arguments; it has no public name."""


class _Commands(TyperGroup):
    """The group of all commands; what it says of wrong arguments is harmless to a terminal."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except _WRONG_USE as error:
            vars(error)["message"] = printable(vars(error)["message"])
            raise


app = typer.Typer(
    name="sneakers",
    cls=_Commands,
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
    if sys.stdout is None:  # closed: the next file that is opened would be taken for it
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # what a terminal has no letters for becomes question marks
    try:
        try:
            app(arguments, prog_name="sneakers")
        finally:
            _flush(sys.stdout)
    except SneakersError as error:
        _fail(str(error), error.exit_code)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] in ("sneakers_ml", "bot", "demo", "scrapers"):
            raise
        extra = _EXTRAS.get(error.name or "", "train")
        install = f"install the extra that this command needs: pip install 'sneakers-ml[{extra}]'"
        install += ", or [crawl]" if extra == "train" else ""
        _fail(f"{error.name} is not installed; {install}", UsageError.exit_code)
    except BrokenPipeError:  # who read the output has seen enough
        sys.exit(1)
    except OSError as error:  # a file of the user's that cannot be written, or a full disk
        _fail(f"{error.filename or 'output'}: {error.strerror or error}", 1)


def _flush(stream: TextIO) -> None:
    """Write out what is held back, here where a failure can be told."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # or the interpreter tries once more at its end
        raise


def _fail(message: str, code: int) -> None:
    with suppress(OSError):  # nobody listens
        print(f"sneakers: {printable(message)}", file=sys.stderr)  # noqa: T201 - the one place for failures
    sys.exit(code)
