"""The commands that serve: the bot and the page."""

from __future__ import annotations

from typing import Annotated

import typer

from sneakers_ml.cli.output import print_line, workspace_of
from sneakers_ml.workspace.settings import load_settings

__all__ = ["bot", "web"]


def bot(context: typer.Context) -> None:
    """Answer photos in Telegram until stopped; the token is $TELEGRAM_TOKEN."""
    from bot.app import run_bot

    run_bot(workspace_of(context), load_settings())


def web(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where the page listens.")] = 8501,
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 lets other machines in.")] = "127.0.0.1",
) -> None:
    """Serve the page in a browser until stopped.

    Example: `sneakers web --port 8600`
    """
    from sneakers_ml.web.server import serve

    load_settings()  # before the server starts: a visitor can do nothing about a wrong one
    address = f"The page is at http://{host}:{port} ; Ctrl-C stops it"
    serve(workspace_of(context), host, port, lambda: print_line(address))
