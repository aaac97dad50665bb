"""How well does the merge find out which listings of the demo's five shops are one product?

    .venv/bin/python -m benchmarks.merge_truth data/demo

The shops are crawled by the real spiders and merged, once with the style codes they state and once with none stated
anywhere; precision and recall are over pairs of listings, against data/demo/truth.csv.
"""

from __future__ import annotations

import csv
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.common import in_own_process, pair_score, print_table, run
from demo.shops.server import storefronts
from sneakers_ml.catalogue.merge import merge
from sneakers_ml.tables import read_table
from sneakers_ml.workspace.params import CrawlParams
from sneakers_ml.workspace.paths import Workspace

_HURRIED = CrawlParams(delay=0.0, concurrency=8, autothrottle=False)


def measure(demo: Path, style_codes: bool) -> dict[str, Any]:
    """Crawl and merge in a folder that is removed after; a process can do so once, as Twisted starts once."""
    from scrapers.crawl import crawl

    with (demo / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {(row["shop"], row["listing_id"]): row["product_id"] for row in csv.DictReader(file)}
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        with storefronts(demo, style_codes=style_codes) as bases:
            crawl(workspace, list(bases), _HURRIED, bases=bases, now=datetime(2026, 1, 1, tzinfo=UTC))
        merge(workspace)
        listings = read_table(workspace.listings, "merge")
    keys = zip(listings["source"], listings["listing_id"], strict=True)
    kept = dict(zip(keys, listings["product_id"], strict=True))
    sneakers = [key for key, product in truth.items() if product]
    # a sneaker that was set aside or never crawled is a product of its own: its pairs count as missed
    score = pair_score([kept.get(key, "/".join(key)) for key in sneakers], [truth[key] for key in sneakers])
    return {
        "listings": len(kept),
        "pairs": score.pairs,
        "precision": score.precision,
        "recall": score.recall,
        "sneakers missing": sum(key not in kept for key in sneakers),
        "other things kept": sum(not truth[key] for key in kept),
    }


def main(
    demo: Annotated[Path, typer.Argument(help="Folder of a drawn demo.")],
    style_codes: Annotated[bool | None, typer.Option(help="Only with, or only without them, as JSON.")] = None,
) -> None:
    """Print the table, or one line of it."""
    if style_codes is not None:
        print(json.dumps(measure(demo, style_codes)))
        return
    measured = {stated: in_own_process(measure, demo, stated) for stated in (True, False)}
    rows = [
        ["style codes" if stated else "no style codes", *(f"{value:.4g}" for value in figures.values())]
        for stated, figures in measured.items()
    ]
    print_table(["", *measured[True]], rows)


if __name__ == "__main__":
    run(main)
