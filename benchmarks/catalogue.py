"""Cost of the stage `merge`: seconds and peak memory of cleaning and joining synthetic listings, and how they grow.

    .venv/bin/python -m benchmarks.catalogue --sizes 10000 --sizes 30000 --sizes 100000

The listings are drawn: models of the brands in brands.yaml, named by syllables and numbers, twelve colourways a model,
so that models grow in number with the listings; each colourway stands in one to four of five shops, each of which words
titles its own way; six of ten listings tell a style code. Every size runs in a process of its own, which reads the
listings, merges them and writes the tables as `sneakers merge` does. `cpu` are the seconds of all its processes, which
other load changes less. Reading, cleaning and joining are then measured apart, one after the other on one core. The
peak is the largest resident size of the process, and twice that of the larger of the two that it has clean for it. The
growth is the exponent of size between the first and the last row: 1 is linear, 2 quadratic. Precision and recall are
over pairs of listings, against the colourways that they were drawn from.
"""

from __future__ import annotations

import json
import math
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from benchmarks.common import calibrate, print_table, run
from sneakers_ml.catalogue.cleaning import clean
from sneakers_ml.catalogue.cleaning.lexicon import lexicon
from sneakers_ml.catalogue.listing import Listing, read_listings, write_listings
from sneakers_ml.catalogue.matching.assignment import assign
from sneakers_ml.catalogue.matching.units import entry_of
from sneakers_ml.catalogue.merge import merge
from sneakers_ml.evaluation.metrics.pairs import pair_score
from sneakers_ml.workspace.paths import Workspace

_SIZES = (10_000, 30_000, 100_000)
_CURRENCIES = {"sneakerbaas": "EUR", "superkicks": "INR", "highsnobiety": "USD", "kickscrew": "USD", "footshop": "EUR"}
_CHILDREN = 2  # that clean, where there are listings enough
_PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
_COLOURWAYS = 12
_STYLE_CODES = 0.6
_SYLLABLES = (
    *("bo", "ce", "di", "fu", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "xa"),
    *("zen", "lor", "mar", "tek", "von", "dis", "per", "gal"),
)
_KINDS = ("", "", "", " Low", " Mid", " High", " Pro", " OG", " Retro", " Trail")
_COLOURS = (
    *("Black", "White", "Red", "Navy", "Green", "Grey", "Cream", "Brown"),
    *("Orange", "Pink", "Purple", "Silver", "Gold", "Olive", "Teal", "Sand"),
)
_SHADES = ("", "", "", "", "Light ", "Dark ", "Core ")


def draw_listings(count: int, seed: int = 0) -> Iterator[tuple[Listing, str]]:
    """Listings and the colourway that each shows."""
    generator = random.Random(seed)  # noqa: S311 -- drawn to measure, not to hide
    brands = [entry.name for entry in lexicon().brands.brands.values()]
    drawn = 0
    while True:
        brand, model = generator.choice(brands), _model(generator)
        for number in range(_COLOURWAYS):
            colour = [generator.choice(_SHADES) + name for name in generator.sample(_COLOURS, 2)]
            code = f"{brand[0].upper()}{drawn % 26:02d}{generator.randrange(10**5):05d}{number:03d}"
            for shop in generator.sample(sorted(_CURRENCIES), generator.choice((1, 1, 2, 2, 3, 4))):
                told = code if generator.random() < _STYLE_CODES else None
                yield _listing(shop, drawn, (brand, model, colour), told, generator), f"{brand} {model} {colour}"
                drawn += 1
                if drawn == count:
                    return


def _model(generator: random.Random) -> str:
    words = [
        "".join(generator.choices(_SYLLABLES, k=generator.choice((2, 3)))).title()
        for _ in range(generator.choice((1, 1, 2)))
    ]
    number = f" {generator.randrange(1, 2000)}" if generator.random() < 0.4 else ""
    return " ".join(words) + number + generator.choice(_KINDS)


def _listing(
    shop: str, number: int, shoe: tuple[str, str, list[str]], code: str | None, generator: random.Random
) -> Listing:
    brand, model, colour = shoe
    title = {
        "sneakerbaas": f'{model} "{"/".join(colour).lower()}"',
        "superkicks": f"{brand} | {model} {{ {'/'.join(colour)}".upper(),
        "highsnobiety": f"{brand} – {model} {'/'.join(colour)}",
        "kickscrew": f"{brand} {model} '{' '.join(colour)}'",
        "footshop": f"{brand} {model}",
    }[shop]
    slug = f"{brand} {model} {' '.join(colour)} {number}".lower().replace(" ", "-")
    tail = f"-{code[:6]}-{code[6:]}".lower() if code and shop == "kickscrew" else ""
    line = f'- {brand} {model} "{"/".join(colour)}"\n- Stijlcode: {code}' if code and shop == "sneakerbaas" else None
    return Listing(
        shop=shop,
        listing_id=str(number),
        url=f"https://{shop}.example/products/{slug}{tail}",
        brand_raw=brand,
        title_raw=title,
        colour_raw="/ ".join(colour) if shop == "footshop" else None,
        style_code=code if shop in {"superkicks", "footshop"} else None,
        price=float(generator.randrange(50, 300)),
        currency=_CURRENCIES[shop],
        description=line or "Upper of suede and mesh, sole of rubber. " * 5,
        photo_urls=tuple(f"https://cdn.{shop}.example/{number}-{place}.jpg" for place in range(3)),
        photo_files=tuple(f"photos/{number:039x}{place}.jpg" for place in range(3)),
    )


def _prepare(workspace: Workspace, size: int) -> dict[str, str]:
    """Write the listings; `shop:id` -> the colourway."""
    shelves: dict[str, list[Listing]] = {shop: [] for shop in _CURRENCIES}
    truth = {}
    for listing, shoe in draw_listings(size):
        shelves[listing.shop].append(listing)
        truth[f"{listing.shop}:{listing.listing_id}"] = shoe
    for shop, listings in shelves.items():
        write_listings(workspace.source(shop) / "listings.jsonl", listings)
    return truth


def _merge_here(workspace: Workspace) -> dict[str, float]:
    """Merge in this process; seconds and mebibytes."""
    started, before = time.perf_counter(), _cpu_seconds()
    merge(workspace)
    taken = {"all": time.perf_counter() - started, "cpu": _cpu_seconds() - before}
    own, child = (resource.getrusage(who).ru_maxrss for who in _PROCESSES)
    taken["peak"] = (own + _CHILDREN * child) / 1024
    return taken | _steps(workspace)


def _cpu_seconds() -> float:
    """Of this process and of those that it started and that have ended."""
    used = [resource.getrusage(who) for who in _PROCESSES]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _steps(workspace: Workspace) -> dict[str, float]:
    marks = [time.perf_counter()]
    files = sorted(workspace.raw.glob("*/listings.jsonl"))
    listings = [(path.parent.name, listing) for path in files for listing in read_listings(path)]
    marks.append(time.perf_counter())
    cleaned = [(source, listing, clean(listing)) for source, listing in listings]
    marks.append(time.perf_counter())
    assign([entry_of(*told) for told in cleaned])
    marks.append(time.perf_counter())
    return {name: marks[place + 1] - marks[place] for place, name in enumerate(("read", "clean", "join"))}


def _measure(size: int) -> tuple[dict[str, float], list[object]]:
    """Merge in a process of its own, so that nothing earlier counts; its figures and a row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        truth = _prepare(workspace, size)
        command = [sys.executable, "-m", "benchmarks.catalogue", "--here", folder]
        figures: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        listings = pd.read_parquet(workspace.listings, columns=["source", "listing_id", "product_id"])
    shoes = [truth[place] for place in listings["source"] + ":" + listings["listing_id"]]
    scored = pair_score(listings["product_id"].tolist(), shoes)
    seconds = [f"{figures[name]:.1f}" for name in ("all", "cpu", "read", "clean", "join")]
    quality = [f"{scored.precision:.4f}", f"{scored.recall:.4f}"]
    products = listings["product_id"].nunique()
    return figures, [f"{size:,}", *seconds, f"{figures['peak']:.0f}", f"{products:,}", *quality]


def main(
    sizes: Annotated[list[int] | None, typer.Option(help="Default: 10000, 30000, 100000.")] = None,
    here: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Print seconds, peaks and growth."""
    if here is not None:
        print(json.dumps(_merge_here(Workspace(here))))
        return
    calibrate()
    chosen = sorted(sizes or _SIZES)
    measured = [_measure(size) for size in chosen]
    header = ["listings", "seconds", "cpu", "read", "clean", "join", "peak MiB", "products", "precision", "recall"]
    print_table(header, [row for _, row in measured])
    if len(chosen) > 1:
        for name in ("all", "cpu"):
            first, last = measured[0][0][name], measured[-1][0][name]
            exponent = math.log(last / first) / math.log(chosen[-1] / chosen[0])
            print(f"growth: {'seconds' if name == 'all' else name} ~ listings^{exponent:.2f}")
    calibrate()


if __name__ == "__main__":
    run(main)
