"""How well does the merge find one shoe in two shops, when a real shop's catalogue is sold twice?

    .venv/bin/python -m benchmarks.merge_resold ../shared/reference/kickscrew-1292.csv

The CSV has columns category (brand), style_name (title), product_id (style code) and url. Its rows are put on sale in
two shops: as they are, each shop hiding the style codes of a seeded half of its pages; then with the second shop's
titles reworded and all its codes hidden, as other shops would word them; at last in one shop, with neither codes nor
colours, where every page ought to stay a product of its own. Precision and recall are over pairs of listings, against
the style codes, with what is no sneaker left out.
"""

from __future__ import annotations

import csv
import random
import re
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.common import pair_score, print_table, run
from sneakers_ml.catalogue.listing import Listing, write_listings
from sneakers_ml.catalogue.merge import merge
from sneakers_ml.tables import read_table
from sneakers_ml.workspace.paths import Workspace

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_QUOTED = re.compile(r"\s*'(?P<colour>[^']+)'(?=\s|$)")


def page(shop: str, row: dict[str, str], number: int, title: str, *, code: bool, colour: str | None = None) -> Listing:
    """A page of a shop; its address ends with the shop's own number."""
    return Listing(
        shop=shop,
        listing_id=f"{number:05d}",
        url=f"https://{shop}.example/p/{number}.html",
        brand_raw=row["category"],
        title_raw=title,
        colour_raw=colour,
        style_code=row["product_id"] if code else None,
        fetched_at=_NOW,
    )


def half_hidden(rows: list[dict[str, str]], generator: random.Random) -> Iterator[tuple[Listing, str]]:
    """Both shops word titles alike, and each states the style code on half of its pages."""
    for shop in "ab":
        for number, row in enumerate(rows):
            yield page(shop, row, number, row["style_name"], code=generator.random() < 0.5), row["product_id"]


def reworded(rows: list[dict[str, str]], generator: random.Random) -> Iterator[tuple[Listing, str]]:
    """The first shop as it is, with codes; the second without, in other words."""
    for number, row in enumerate(rows):
        yield page("a", row, number, row["style_name"], code=True), row["product_id"]
        title, colour, quoted = row["style_name"], None, _QUOTED.search(row["style_name"])
        if generator.random() < 0.5:
            title = re.sub(rf"^{re.escape(row['category'])}\s+", "", title, flags=re.IGNORECASE)
        if quoted:
            bare = _QUOTED.sub("", title, count=1)
            form = generator.choice(("field", "dash", "brackets", "plain", "double"))
            colour = quoted["colour"] if form == "field" else None
            title = {
                "field": bare,
                "dash": f"{bare} - {quoted['colour']}",
                "brackets": f"{bare} ({quoted['colour']})",
                "plain": f"{bare} {quoted['colour']}",
                "double": f'{bare} "{quoted["colour"]}"',
            }[form]
        title = generator.choice((title, title.upper(), f"{title} Sneakers"))
        yield page("b", row, number, title, code=False, colour=colour), row["product_id"]


def colourless(rows: list[dict[str, str]], generator: random.Random) -> Iterator[tuple[Listing, str]]:
    """One shop that states neither code nor colour."""
    del generator
    for number, row in enumerate(rows):
        yield page("a", row, number, _QUOTED.sub("", row["style_name"]), code=False), row["product_id"]


def main(dump: Annotated[Path, typer.Argument(help="CSV of a shop's catalogue.")]) -> None:
    """Print the table."""
    with dump.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ways: tuple[Callable[[list[dict[str, str]], random.Random], Iterator[tuple[Listing, str]]], ...]
    ways = half_hidden, reworded, colourless
    table = []
    for way in ways:
        drawn = list(way(rows, random.Random(0)))  # noqa: S311 -- drawn to measure, not to hide
        truth = {(listing.shop, listing.listing_id): shoe for listing, shoe in drawn}
        with tempfile.TemporaryDirectory() as folder:
            workspace = Workspace(Path(folder))
            for shop in sorted({shop for shop, _ in truth}):
                write_listings(workspace.source(shop) / "listings.jsonl", (one for one, _ in drawn if one.shop == shop))
            merge(workspace)
            listings = read_table(workspace.listings, "merge")
        shoes = [truth[key] for key in zip(listings["source"], listings["listing_id"], strict=True)]
        pages = listings["product_id"].value_counts()
        pairs = len(shoes) > len(set(shoes))  # else there is nothing to join
        score = pair_score(listings["product_id"].tolist(), shoes) if pairs else None
        quality = (f"{score.precision:.3f}", f"{score.recall:.3f}") if score else ("", "")
        table.append([way.__name__, *map(str, (len(listings), len(set(shoes)), len(pages), pages.max())), *quality])
    print_table(["", "listings", "shoes", "products", "largest", "precision", "recall"], table)


if __name__ == "__main__":
    run(main)
