"""Crawl small shops, or the demo's, in a process of its own, for Twisted's reactor starts only once; read what it left.

Run as a module, it crawls: its argument is JSON with the workspace, the addresses of the shops, params, and what
`crawl` takes beside them, or `crawl_in_processes` where there are to be some. It prints a report a line; the exit code
is 0 when all were published.
"""
# ruff: noqa: T201 - it is a program

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sneakers_ml.catalogue.listing import Listing, read_listings
from sneakers_ml.errors import SneakersError
from sneakers_ml.workspace.params import CrawlParams
from sneakers_ml.workspace.paths import PROJECT_ROOT, Workspace

__all__ = ["HURRIED", "NOW", "Ended", "contents", "crawl", "ended", "listings", "start"]

NOW = "2026-01-01T00:00:00+00:00"
HURRIED: dict[str, Any] = {
    "delay": 0,
    "concurrency": 4,
    "autothrottle": False,
    "retries": {"times": 1, "first_wait": 0.05, "longest_wait": 5, "give_up_after": 3},
    "limits": {"timeout": 1.5, "body": 2**20, "shop_bytes": 8 * 2**20, "free_disk": 0, "pages": 60, "photo_side": 48},
    "checks": {"failed_pages": 0.2, "failed_photos": 0.5},
}


@dataclass(frozen=True)
class Ended:
    """A crawl that has ended: its exit code, what it said, and its reports by shop."""

    code: int
    said: str
    reports: Mapping[str, Mapping[str, Any]]


def start(
    workspace: Path,
    bases: Mapping[str, str],
    *,
    params: Mapping[str, Any] = HURRIED,
    real: bool = False,
    **options: Any,
) -> subprocess.Popen[str]:
    """Start a crawl of small shops, or with the spiders of the real ones."""
    options = {"now": NOW} | options
    job = {"workspace": str(workspace), "bases": {**bases}, "params": {**params}, "real": real, "options": options}
    return subprocess.Popen(
        [sys.executable, "-m", __name__, json.dumps(job)],
        cwd=PROJECT_ROOT,
        env={name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def crawl(workspace: Path, bases: Mapping[str, str], **kwargs: Any) -> Ended:
    """Crawl to the end."""
    return ended(start(workspace, bases, **kwargs))


def ended(process: subprocess.Popen[str]) -> Ended:
    """Wait for a crawl to end."""
    out, said = process.communicate(timeout=120)
    reports = [json.loads(line) for line in out.splitlines()]
    return Ended(process.returncode, said, {report["shop"]: report for report in reports})


def listings(workspace: Path, shop: str) -> dict[str, Listing]:
    """The published listings by id; the file must hold no id twice."""
    rows = list(read_listings(workspace / "data" / "raw" / shop / "listings.jsonl"))
    assert len({row.listing_id for row in rows}) == len(rows)
    return {row.listing_id: row for row in rows}


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def main(job: dict[str, Any]) -> int:
    """Crawl in this process."""
    from scrapers.crawl import crawl
    from scrapers.processes import crawl_in_processes
    from scrapers.registry import SHOPS
    from tests.scrapers.engine.tiny import REGISTRY

    options = job["options"] | {"now": datetime.fromisoformat(job["options"]["now"])}
    try:
        reports = (crawl_in_processes if "processes" in options else crawl)(
            Workspace(Path(job["workspace"])),
            list(job["bases"]),
            CrawlParams.model_validate(job["params"]),
            bases=job["bases"],
            registry=SHOPS if job["real"] else REGISTRY,
            on_message=lambda line: print(line, file=sys.stderr),
            **options,
        )
    except SneakersError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    for report in reports:
        print(report.model_dump_json())
    return 0 if all(report.published for report in reports) else 1


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
