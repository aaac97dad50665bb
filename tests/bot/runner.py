"""`python -m tests.bot.runner`: the bot as `python -m bot` starts it, but with the fake recogniser."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bot.__main__ import main
from bot.app import run
from sneakers_ml.workspace.paths import Workspace
from sneakers_ml.workspace.settings import Settings
from tests.bot.fakes import FakeLive

__all__: list[str] = []


def _start(workspace: Workspace, settings: Settings) -> None:
    live = FakeLive(Path("bundle-signal"), float(os.environ.get("FAKE_WORK_S", "0")))
    run(settings, live, settings.bot_database or workspace.root / "bot.sqlite3")


if __name__ == "__main__":
    sys.exit(main(_start))
