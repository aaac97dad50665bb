"""`python -m tests.bot.runner`: the bot as `python -m bot` starts it, but with the fake recogniser."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.__main__ import main
from bot.app import run
from sneakers_ml.workspace.settings import Settings
from tests.bot.fakes import FakeRecognizer

__all__: list[str] = []


def _start(_bundle: Path, settings: Settings) -> None:
    run(settings, FakeRecognizer())


if __name__ == "__main__":
    sys.exit(main(_start))
