"""DVC's command line, run in a folder; it loads too slowly and too much to be imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sneakers_ml.errors import SneakersError

__all__ = ["is_repository", "run_dvc"]


def is_repository(folder: Path) -> bool:
    """Whether the folder itself, not one above it, is a DVC repository."""
    return (folder / ".dvc").is_dir()


def run_dvc(folder: Path, *arguments: str) -> None:
    """Run `dvc ARGUMENTS` in the folder; never give it a secret, other users see a process's arguments.

    Raises:
        SneakersError: when it fails, with the end of what it said.
    """
    result = subprocess.run(
        [sys.executable, "-m", "dvc", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise SneakersError(f"{folder}: dvc {arguments[0]} failed: {' '.join(result.stderr.split())[-300:]}")
