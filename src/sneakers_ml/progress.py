"""Progress of long commands: rooms report through a callback, the command line draws the bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sneakers_ml.terminal import printable

__all__ = ["OnProgress", "no_progress", "progress_bar"]

OnProgress = Callable[[int, int], None]
"""Called with (done, total) as work goes on."""


def no_progress(_done: int, _total: int) -> None:
    """Report to nobody."""


@contextmanager
def progress_bar(title: str, unit: str = "photos") -> Iterator[OnProgress]:
    """A bar on standard error with the rate in units a second; nothing is drawn where that is no terminal."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(printable(title), total=None, rate="")

        def on_progress(done: int, total: int) -> None:
            speed = progress.tasks[task].speed
            progress.update(task, completed=done, total=total, rate=f"{speed:.0f} {unit}/s" if speed else "")

        yield on_progress
