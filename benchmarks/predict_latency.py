"""How long an answer takes: `sneakers predict PHOTO` as a process, loading the bundle, and a photo once it is loaded.

    .venv/bin/python -m benchmarks.predict_latency --photos data/demo/queries

Claims: the whole process in under 2.5 s, `Recognizer.load` in under 2 s, a photo in a loaded recognizer in under 30 ms
(median; the folder's photos take turns). Warm and cold mean the file cache: before a cold run Linux is told
to forget every file that the process reads, which it does where no other process has them mapped.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.common import calibrate, photo_files, print_table, run
from sneakers_ml import images
from sneakers_ml.serving.recognizer import Recognizer
from sneakers_ml.workspace.paths import Workspace

_SNEAKERS = Path(sys.executable).with_name("sneakers")
_LIST_FILES = """
import re, sys
from sneakers_ml.cli import main
sys.argv = ["sneakers", *sys.argv[1:]]
try:
    main()
finally:
    for module in list(sys.modules.values()):
        for path in (getattr(module, "__file__", None), getattr(module, "__cached__", None)):
            print("read:", path)
    for line in open("/proc/self/maps"):
        print("read:", line.split(maxsplit=5)[-1].strip())
"""


def _milliseconds(function: Callable[[], object], count: int, before: Callable[[], object] = int) -> list[float]:
    taken = []
    for _ in range(count):
        before()
        started = time.perf_counter()
        function()
        taken.append((time.perf_counter() - started) * 1e3)
    return taken


def _files_read(arguments: list[str], bundle: Path) -> list[Path]:
    """Every file that the command reads: modules, libraries, the bundle."""
    run = subprocess.run([sys.executable, "-c", _LIST_FILES, *arguments], capture_output=True, text=True, check=False)
    named = {line.removeprefix("read: ") for line in run.stdout.splitlines() if line.startswith("read: /")}
    return [path for path in (*map(Path, sorted(named)), *bundle.iterdir(), Path(arguments[-1])) if path.is_file()]


def _forget(files: Iterable[Path]) -> None:
    """Drop files from the kernel's cache."""
    for file in files:
        try:
            handle = os.open(file, os.O_RDONLY)
        except OSError:
            continue
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)


def _row(name: str, taken: list[float], claim: float) -> tuple[str, ...]:
    median = statistics.median(taken)
    figures = (f"{median:.1f}", f"{min(taken):.1f}", f"{max(taken):.1f}", f"{claim:.0f}", f"{median / claim:.2f}")
    return (name, str(len(taken)), *figures)


def main(
    photos: Annotated[Path, typer.Option(help="Folder of photos.")] = Path("data/demo/queries"),
    workspace: Annotated[Path, typer.Option(help="Workspace with a bundle.")] = Path(),
    runs: int = 7,
    cold_runs: int = 3,
    answers: int = 100,
) -> None:
    """Print the times in milliseconds."""
    calibrate()
    bundle, turns = Workspace(workspace).bundle, photo_files(photos, answers + 5)
    arguments = ["--workspace", str(workspace), "predict", str(turns[0])]
    files = _files_read(arguments, bundle)

    def predict() -> None:
        subprocess.run([str(_SNEAKERS), *arguments], check=True, stdout=subprocess.DEVNULL)

    rows = [
        _row("process, cold files", _milliseconds(predict, cold_runs, before=lambda: _forget(files)), 2500),
        _row("process, warm files", _milliseconds(predict, runs), 2500),
        _row("Recognizer.load", _milliseconds(lambda: Recognizer.load(bundle).close(), runs), 2000),
    ]
    recognizer = Recognizer.load(bundle)
    decoded = iter([images.read(file, longest_side=1024) for file in turns])
    named = iter(turns)
    _milliseconds(lambda: recognizer.answer(next(decoded)), 5)
    rows += [
        _row("answer, decoded photo", _milliseconds(lambda: recognizer.answer(next(decoded)), answers), 30),
        _row(
            "answer, photo's file",
            _milliseconds(lambda: recognizer.answer(images.read(next(named), longest_side=1024)), answers),
            30,
        ),
    ]
    print_table(["what", "n", "median ms", "min ms", "max ms", "claim ms", "of claim"], rows)
    recognizer.close()
    calibrate()


if __name__ == "__main__":
    run(main)
