"""Seconds from opening the address of a sample photo to its answer, on the page of `sneakers web`, in a phone's window.

    .venv/bin/python -m benchmarks.page_latency --workspace .

Claim: an answer in under 1.5 s, the first one too: a server that nobody has asked yet, and a browser that holds nothing
of the page. The answer is there once the brand is written and the pictures of the first row are painted; LCP is the
largest contentful paint, as the browser reports it. A second visitor finds a server that has answered; a visitor who
comes again has the page's scripts too. The server's own start, which loads the bundle, comes before and is printed
beside.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Annotated

import typer

from benchmarks.common import calibrate, print_table, run
from sneakers_ml.errors import UsageError
from sneakers_ml.serving.recognizer import Recognizer
from sneakers_ml.workspace.paths import Workspace
from tests.support.chromium import Chromium, Page, chromium, find_chromium

SNEAKERS = Path(sys.executable).with_name("sneakers")
ANSWERED = """new Promise((done) => {
  const look = () => {
    const brand = document.querySelector('h2.brand');
    const first = [...document.querySelectorAll('.sneaker img')].slice(0, 2);
    const there = brand && first.length && first.every((each) => each.complete && each.naturalWidth);
    there ? requestAnimationFrame(() => done(performance.now())) : setTimeout(look, 5);
  };
  look();
})"""
LCP = """new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
  .observe({type: 'largest-contentful-paint', buffered: true}))"""


@contextmanager
def server(workspace: Path) -> Iterator[tuple[int, float]]:
    """The page's port, and the seconds until somebody listens there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = time.perf_counter()
    command = [SNEAKERS, "--workspace", workspace, "web", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except OSError:
                    assert process.poll() is None, "the server has ended"
                    time.sleep(0.01)
            yield port, time.perf_counter() - started
        finally:
            process.terminate()


def visit(browser: Chromium, address: str) -> tuple[float, float]:
    """Seconds to the answer and to the largest paint, counted by the browser from the start of the navigation."""
    page = Page(browser, 390, 844, touch=True, loopback=True)
    page.ask("Page.navigate", url=address)
    page.wait_until("location.protocol === 'http:'")
    answered, painted = page.value(ANSWERED), page.value(LCP)
    return answered / 1e3, painted / 1e3


def main(
    workspace: Annotated[Path, typer.Option(help="Workspace with a bundle.")] = Path(),
    runs: int = 5,
) -> None:
    """Print the times; each run has a server and a browser of its own."""
    if (path := find_chromium()) is None:
        raise UsageError("there is no Chromium or Chrome")
    calibrate()
    sample = Recognizer.load(Workspace(workspace).bundle).samples(1)[0]
    starts: list[float] = []
    visits: dict[str, list[tuple[float, float]]] = {
        "first visitor, nothing asked before": [],
        "another visitor, browser cold": [],
        "the same visitor again": [],
    }
    for _ in range(runs):
        with server(workspace) as (port, seconds):
            starts.append(seconds)
            address = f"http://127.0.0.1:{port}/?sample={sample}"
            first, other, again = visits.values()
            with chromium(path) as browser:
                first.append(visit(browser, address))
            with chromium(path) as browser:
                other.append(visit(browser, address))
                again.append(visit(browser, address))
    rows = [("server starts", f"{median(starts):.2f}", f"{max(starts):.2f}", "")]
    for name, taken in visits.items():
        answered, painted = zip(*taken, strict=True)
        rows.append((name, f"{median(answered):.2f}", f"{max(answered):.2f}", f"{median(painted):.2f}"))
    print_table([f"{runs} runs", "median s", "max s", "LCP s"], rows)
    calibrate()


if __name__ == "__main__":
    run(main)
