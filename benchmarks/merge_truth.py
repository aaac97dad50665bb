"""How well does the merge find out which listings of the demo's five shops are one product?

    .venv/bin/python -m benchmarks.merge_truth data/demo

The shops are crawled by the real spiders and merged, once with the style codes they state and once with none stated
anywhere; precision and recall are over pairs of listings, against data/demo/truth.csv.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.common import print_table, run
from demo.shops.server import storefronts
from sneakers_ml.catalogue.merge import merge
from sneakers_ml.evaluation.metrics.pairs import pair_score
from sneakers_ml.tables import read_table
from sneakers_ml.workspace.params import CrawlParams
from sneakers_ml.workspace.paths import Workspace

HURRIED = CrawlParams(delay=0.0, concurrency=8, autothrottle=False)


def measure(demo: Path, *, style_codes: bool) -> dict[str, Any]:
    """Crawl and merge in a folder that is removed after; a process can do so once, as Twisted starts once."""
    from scrapers.crawl import crawl

    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        with storefronts(demo, style_codes=style_codes) as bases:
            crawl(workspace, list(bases), HURRIED, bases=bases, now=datetime(2026, 1, 1, tzinfo=UTC))
        merge(workspace)
        return _scored(workspace, demo)


def _scored(workspace: Workspace, demo: Path) -> dict[str, Any]:
    with (demo / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {(row["shop"], row["listing_id"]): row["product_id"] for row in csv.DictReader(file)}
    listings = read_table(workspace.listings, "merge")
    kept = {
        (shop, key): product
        for shop, key, product in zip(listings["source"], listings["listing_id"], listings["product_id"], strict=True)
    }
    sneakers = [key for key, product in truth.items() if product]
    # a sneaker that was set aside or never crawled is a product of its own: its pairs count as missed
    score = pair_score([kept.get(key, key) for key in sneakers], [truth[key] for key in sneakers])
    return {
        "listings": len(kept),
        "pairs": score.belonging,
        "precision": score.precision,
        "recall": score.recall,
        "sneakers missing": sum(key not in kept for key in sneakers),
        "other things kept": sum(not truth[key] for key in kept),
    }


def main(
    demo: Annotated[Path, typer.Argument(help="Folder of `sneakers demo`.")],
    style_codes: Annotated[bool | None, typer.Option(help="Only with, or only without them, as JSON.")] = None,
) -> None:
    """Print the table, or one line of it."""
    if style_codes is not None:
        print(json.dumps(measure(demo, style_codes=style_codes)))
        return
    rows = {}
    for option in ("--style-codes", "--no-style-codes"):
        command = [sys.executable, "-m", "benchmarks.merge_truth", str(demo), option]
        rows[option] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    columns = list(rows["--style-codes"])
    print_table(
        ["", *columns], [[option[2:], *(f"{row[name]:.4g}" for name in columns)] for option, row in rows.items()]
    )


if __name__ == "__main__":
    run(main)
