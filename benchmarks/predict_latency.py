"""How long an answer takes: `sneakers predict PHOTO` as a process, loading the bundle, and a photo once it is loaded.

    .venv/bin/python -m benchmarks.predict_latency --photos data/demo/queries

Claims: the whole process in under 2.5 s, `Recognizer.load` in under 2 s, a photo in a loaded recognizer in under 30 ms
(median; the folder's photos take turns). Warm and cold mean the file cache: before a cold run Linux is told to forget
the files of Python, of all packages, of the project and of the bundle, which it does where no other process has them
mapped.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Annotated

import typer

import sneakers_ml
from benchmarks.common import calibrate, photo_files, print_table, run
from sneakers_ml import images
from sneakers_ml.serving.recognizer import Recognizer
from sneakers_ml.workspace.paths import Workspace

SNEAKERS = Path(sys.executable).with_name("sneakers")


def milliseconds(function: Callable[[], object], count: int, before: Callable[[], object] = int) -> list[float]:
    taken = []
    for _ in range(count):
        before()
        started = time.perf_counter()
        function()
        taken.append((time.perf_counter() - started) * 1e3)
    return taken


def forget(folders: list[Path]) -> None:
    """Drop the files below some folders from the kernel's cache."""
    for folder in folders:
        for file in folder.rglob("*"):
            if file.is_file():
                with file.open("rb") as opened:
                    os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def main(
    photos: Annotated[Path, typer.Option(help="Folder of photos.")] = Path("data/demo/queries"),
    workspace: Annotated[Path, typer.Option(help="Workspace with a bundle.")] = Path(),
    runs: int = 7,
    cold_runs: int = 3,
    answers: int = 100,
) -> None:
    """Print the times in milliseconds."""
    calibrate()
    bundle, files = Workspace(workspace).bundle, photo_files(photos, answers)
    libraries = [Path(sysconfig.get_path(name)) for name in ("stdlib", "platlib")]
    folders = [*libraries, Path(sneakers_ml.__file__).parent, bundle]

    def predict() -> None:
        command = [SNEAKERS, "--workspace", workspace, "predict", files[0]]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    recognizer = Recognizer.load(bundle)
    decoded = cycle([images.read(file, longest_side=1024) for file in files])
    named = cycle(files)
    milliseconds(lambda: recognizer.answer(next(decoded)), 5)
    measured = {
        "process, cold files": milliseconds(predict, cold_runs, before=lambda: forget(folders)),
        "process, warm files": milliseconds(predict, runs),
        "Recognizer.load": milliseconds(lambda: Recognizer.load(bundle), runs),
        "answer, decoded photo": milliseconds(lambda: recognizer.answer(next(decoded)), answers),
        "answer, photo's file": milliseconds(
            lambda: recognizer.answer(images.read(next(named), longest_side=1024)), answers
        ),
    }
    rows = []
    for name, taken in measured.items():
        figures = (statistics.median(taken), min(taken), max(taken))
        rows.append((name, len(taken), *(f"{figure:.1f}" for figure in figures)))
    print_table(["what", "n", "median ms", "min ms", "max ms"], rows)
    calibrate()


if __name__ == "__main__":
    run(main)
