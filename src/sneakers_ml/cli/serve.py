"""The command that runs the bot."""

from __future__ import annotations

import typer

from sneakers_ml.cli.output import workspace_of
from sneakers_ml.workspace.settings import load_settings

__all__ = ["bot"]


def bot(context: typer.Context) -> None:
    """Answer photos in Telegram until stopped; the token is $TELEGRAM_TOKEN."""
    from bot.app import run_bot

    run_bot(workspace_of(context), load_settings())
