"""`python -m bot`: the workspace is SNEAKERS_HOME, or the current folder."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from bot.app import run_bot
from sneakers_ml.errors import SneakersError
from sneakers_ml.workspace.paths import Workspace
from sneakers_ml.workspace.settings import Settings, load_settings

__all__ = ["main"]


def main(start: Callable[[Workspace, Settings], None] = run_bot) -> int:
    """Start a bot on the workspace's bundle and return the exit code; a failure is one line on stderr."""
    try:
        settings = load_settings()
        start(Workspace(settings.sneakers_home or Path.cwd()), settings)
    except SneakersError as error:
        sys.stderr.write(f"bot: {error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
