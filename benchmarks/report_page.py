"""Seconds and megabytes of writing reports/index.html and what stands beside it, apart from working out the figures.

    .venv/bin/python -m benchmarks.report_page --workspace .

Both are what the stage `evaluate` does, one after the other, into a copy of the workspace's reports. Writing reads,
shrinks and encodes the photos and fills the template. CPU seconds are those of all threads: other work on the machine
stretches them less.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from benchmarks.common import calibrate, peak_mib, print_table, run
from sneakers_ml.evaluation.evaluate import read_page_data
from sneakers_ml.evaluation.measure import measure
from sneakers_ml.evaluation.report.html.render import LIMIT
from sneakers_ml.evaluation.report.write import INDEX, write_report
from sneakers_ml.workspace.params import load_params
from sneakers_ml.workspace.paths import Workspace

Result = TypeVar("Result")


def timed(function: Callable[[], Result]) -> tuple[Result, float, float]:
    """What a function returns, its seconds, and its seconds of CPU."""
    started, cpu = time.perf_counter(), time.process_time()
    result = function()
    return result, time.perf_counter() - started, time.process_time() - cpu


def main(workspace: Annotated[Path, typer.Option(help="Workspace whose models are trained.")] = Path()) -> None:
    """Print times and the size."""
    calibrate()
    params = load_params(Workspace(workspace).params)
    with tempfile.TemporaryDirectory() as folder:
        home = Workspace(Path(folder))
        for name in ("data", "models"):
            (home.root / name).symlink_to((workspace / name).resolve())
        shutil.copytree(workspace / "reports", home.reports)
        findings, *figures = timed(lambda: measure(home, params))
        rows = [("all figures", *(f"{seconds:.1f}" for seconds in figures), "")]
        data = read_page_data(home, params)
        _, *page = timed(lambda: write_report(home.reports, findings, data))
        size = (home.reports / INDEX).stat().st_size
        rows.append(("reports", *(f"{seconds:.1f}" for seconds in page), f"{size / 1e6:.2f} of {LIMIT / 1e6:.0f}"))
    print_table([f"{len(data.photos):,} photos", "seconds", "cpu", "MB"], rows)
    print(f"peak {peak_mib():.0f} MiB")
    calibrate()


if __name__ == "__main__":
    run(main)
