"""Crawl small shops, or the demo's, in a process of its own, for Twisted's reactor starts only once.

The argument is JSON: the workspace, the addresses of the shops, and what of params and of `crawl` is to be told. Prints
a report a line; the exit code is 0 when all were published.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from scrapers.crawl import crawl
from scrapers.registry import SHOPS
from sneakers_ml.errors import SneakersError
from sneakers_ml.workspace.params import CrawlParams
from sneakers_ml.workspace.paths import Workspace
from tests.scrapers.engine.tiny import REGISTRY

__all__ = ["main"]


def main(told: dict[str, Any]) -> int:
    """Crawl as told."""
    options = told.get("options", {})
    if "now" in options:
        options["now"] = datetime.fromisoformat(options["now"])
    try:
        reports = crawl(
            Workspace(Path(told["workspace"])),
            list(told["bases"]),
            CrawlParams.model_validate(told.get("params", {})),
            bases=told["bases"],
            registry=SHOPS if told.get("real") else REGISTRY,
            tell=lambda line: say(sys.stderr, line),
            **options,
        )
    except SneakersError as error:
        say(sys.stderr, str(error))
        return error.exit_code
    for report in reports:
        say(sys.stdout, report.model_dump_json())
    return 0 if all(report.published for report in reports) else 1


def say(stream: TextIO, line: str) -> None:
    """Print a line."""
    stream.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
