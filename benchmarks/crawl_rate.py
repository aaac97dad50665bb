"""How fast a crawl is where nobody has to be spared: the demo's five shops on loopback, beside `scrapy bench`.

    .venv/bin/python -m benchmarks.crawl_rate --demo data/demo --processes 2

The shops run in a process of their own, as the server of `scrapy bench` does (in as many as crawl), with no delay
between requests, 16 of which go to a shop at a time. "pages" leaves the photos out; "unchanged" crawls the same pages
once more, which the shops answer with 304; "with photos" is the whole thing. The rates count requests over the seconds
from the first crawler's start to the last one's end, without the start of the processes. Scrapy's own spider parses
nothing but links. Crawlers share the machine's cores with the shops; requests a second of the crawlers' own processor
time, their start included, tell what more cores would bring.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer
import yaml

from benchmarks.common import print_table, run
from demo.shops import SHOPS
from sneakers_ml.errors import SneakersError
from sneakers_ml.workspace.paths import PROJECT_ROOT

_SNEAKERS = Path(sys.executable).with_name("sneakers")


def scrapy_bench(seconds: int) -> float:
    """Pages a second of Scrapy's own benchmark."""
    command = [sys.executable, "-m", "scrapy", "bench", "-s", f"CLOSESPIDER_TIMEOUT={seconds}"]
    with tempfile.TemporaryDirectory() as folder:
        log = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stderr
    received, elapsed = (
        float(re.findall(rf"'{name}': ([\d.]+)", log)[-1])
        for name in ("response_received_count", "elapsed_time_seconds")
    )
    return received / elapsed


@contextmanager
def storefronts(demo: Path, port: int) -> Iterator[dict[str, str]]:
    """Addresses of the demo's five shops, which a process of their own serves on this port and the next four."""
    command = [sys.executable, "-m", "demo.shops", str(demo), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as shops:
        try:
            assert shops.stdout is not None
            yield dict(shops.stdout.readline().split() for _ in SHOPS)
        finally:
            shops.terminate()


def crawl(workspace: Path, bases: dict[str, str], photos: int, processes: int) -> tuple[int, int, float, float]:
    """Crawl all shops; returns pages, requests, seconds and the crawlers' processor seconds."""
    params = yaml.safe_load((PROJECT_ROOT / "params.yaml").read_text(encoding="utf-8"))
    limits = {"photos": photos, "free_disk": 0}
    params["crawl"] = {"base": bases, "delay": 0, "concurrency": 16, "autothrottle": False, "limits": limits}
    (workspace / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    command = [_SNEAKERS, "--workspace", workspace, "crawl", "--processes", str(processes)]
    before = _processor_seconds()
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    burnt = _processor_seconds() - before
    reports = [json.loads(path.read_bytes()) for path in (workspace / "reports" / "crawl").glob("*.json")]
    if not reports or any(report["requests"] == 0 for report in reports):
        raise SneakersError(f"the crawl did not come about: {result.stderr[-300:]}")
    pages, requests = (sum(report[name] for report in reports) for name in ("pages", "requests"))
    return pages, requests, max(report["seconds"] for report in reports), burnt


def _processor_seconds() -> float:
    """Of all processes that this one has started and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main(
    demo: Annotated[Path, typer.Option(help="Folder of a drawn demo.")] = Path("data/demo"),
    seconds: Annotated[int, typer.Option(help="For `scrapy bench`.")] = 10,
    port: Annotated[int, typer.Option(help="The first of five for the shops, of each process.")] = 8801,
    processes: Annotated[int, typer.Option(min=1, help="Compare one process with so many.")] = 1,
) -> None:
    """Measure and print."""
    bench = scrapy_bench(seconds)
    rows = [["scrapy bench", "1", "", "", "", f"{bench:.0f}", "1.00", "", ""]]
    with ExitStack() as stack:
        fronts = [stack.enter_context(storefronts(demo, port + 5 * number)) for number in range(processes)]
        bases = {shop: fronts[number % processes][shop] for number, shop in enumerate(SHOPS)}
        alone = {}
        for many in dict.fromkeys((1, processes)):
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            for name, photos in (("pages", 0), ("unchanged", 0), ("with photos", 16)):
                pages, requests, taken, burnt = crawl(Path(folder), bases, photos, many)
                rate = requests / taken
                counts = [f"{pages:,}", f"{requests:,}", f"{taken:.1f}", f"{rate:.0f}", f"{rate / bench:.2f}"]
                ratio = rate / alone.setdefault(name, rate)
                rows.append([name, str(many), *counts, f"{ratio:.2f}", f"{requests / burnt:.0f}"])
    columns = ["crawl", "processes", "pages", "requests", "seconds", "requests/s", "of scrapy bench", "of one process"]
    print_table([*columns, "requests/processor s"], rows)


if __name__ == "__main__":
    run(main)
