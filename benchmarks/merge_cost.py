"""Cost of the stage `merge`: seconds and peak memory of cleaning and joining synthetic listings, and how they grow.

    .venv/bin/python -m benchmarks.merge_cost --sizes 10000 --sizes 30000 --sizes 100000

The listings are drawn: models of the brands in brands.yaml, named by syllables and numbers, twelve colourways a model,
so that models grow in number with the listings; each colourway stands in one to four of five shops, each of which words
titles its own way; six of ten listings state a style code. Every size runs in a process of its own, which reads the
listings, merges them and writes the tables as `sneakers merge` does. `cpu` are the seconds of all its processes, which
other load changes less. Reading, cleaning and joining are then measured apart, one after the other on one core. The
peak is that of the process, and twice that of the larger of the two that it has clean for it. The growth is the
exponent of size between the first and the last row: 1 is linear, 2 quadratic. Precision and recall are over pairs of
listings, against the colourways that they were drawn from.
"""

from __future__ import annotations

import math
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.common import calibrate, in_own_process, pair_score, peak_mib, print_table, run
from sneakers_ml.catalogue.cleaning.clean import clean
from sneakers_ml.catalogue.cleaning.lexicon import lexicon
from sneakers_ml.catalogue.listing import Listing, read_listings, write_listings
from sneakers_ml.catalogue.matching.assignment import assign
from sneakers_ml.catalogue.matching.units import entry_of
from sneakers_ml.catalogue.merge import merge
from sneakers_ml.tables import read_table
from sneakers_ml.workspace.paths import Workspace

_CURRENCIES = {"sneakerbaas": "EUR", "superkicks": "INR", "highsnobiety": "USD", "kickscrew": "USD", "footshop": "EUR"}
_PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
_CHILDREN = 2  # that clean, where there are listings enough
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


def draw_listings(seed: int = 0) -> Iterator[tuple[Listing, str]]:
    """Listings without end, and the colourway that each shows."""
    generator = random.Random(seed)  # noqa: S311 -- drawn to measure, not to hide
    brands = [entry.name for entry in lexicon().brands.brands.values()]
    drawn = 0
    while True:
        brand = generator.choice(brands)
        words = [
            "".join(generator.choices(_SYLLABLES, k=generator.choice((2, 3)))).title()
            for _ in range(generator.choice((1, 1, 2)))
        ]
        number = f" {generator.randrange(1, 2000)}" if generator.random() < 0.4 else ""
        model = " ".join(words) + number + generator.choice(_KINDS)
        for colourway in range(_COLOURWAYS):
            colours = [generator.choice(_SHADES) + name for name in generator.sample(_COLOURS, 2)]
            code = f"{brand[0].upper()}{drawn % 26:02d}{generator.randrange(10**5):05d}{colourway:03d}"
            for shop in generator.sample(sorted(_CURRENCIES), generator.choice((1, 1, 2, 2, 3, 4))):
                stated = code if generator.random() < _STYLE_CODES else None
                price = float(generator.randrange(50, 300))
                yield _listing(shop, drawn, (brand, model, colours), stated, price), f"{brand} {model} {colours}"
                drawn += 1


def _listing(shop: str, number: int, shoe: tuple[str, str, list[str]], code: str | None, price: float) -> Listing:
    """What a shop says of a shoe, and where it says its style code."""
    brand, model, colours = shoe
    title = {
        "sneakerbaas": f'{model} "{"/".join(colours).lower()}"',
        "superkicks": f"{brand} | {model} {{ {'/'.join(colours)}".upper(),
        "highsnobiety": f"{brand} – {model} {'/'.join(colours)}",
        "kickscrew": f"{brand} {model} '{' '.join(colours)}'",
        "footshop": f"{brand} {model}",
    }[shop]
    slug = f"{brand} {model} {' '.join(colours)} {number}".lower().replace(" ", "-")
    tail = f"-{code[:6]}-{code[6:]}".lower() if code and shop == "kickscrew" else ""
    line = f'- {brand} {model} "{"/".join(colours)}"\n- Stijlcode: {code}' if code and shop == "sneakerbaas" else None
    return Listing(
        shop=shop,
        listing_id=str(number),
        url=f"https://{shop}.example/products/{slug}{tail}",
        brand_raw=brand,
        title_raw=title,
        colour_raw="/ ".join(colours) if shop == "footshop" else None,
        style_code=code if shop in {"superkicks", "footshop"} else None,
        price=price,
        currency=_CURRENCIES[shop],
        description=line or "Upper of suede and mesh, sole of rubber. " * 5,
        photo_urls=tuple(f"https://cdn.{shop}.example/{number}-{place}.jpg" for place in range(3)),
        photo_files=tuple(f"photos/{number:039x}{place}.jpg" for place in range(3)),
    )


def _cpu_seconds() -> float:
    """Of this process and of those that it started and that have ended."""
    used = [resource.getrusage(who) for who in _PROCESSES]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def merge_here(folder: str) -> dict[str, float]:
    """Merge in this process, then each step apart; seconds and mebibytes."""
    workspace, started, before = Workspace(Path(folder)), time.perf_counter(), _cpu_seconds()
    merge(workspace)
    taken = {"all": time.perf_counter() - started, "cpu": _cpu_seconds() - before}
    taken["peak"] = peak_mib() + _CHILDREN * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    marks = [time.perf_counter()]
    files = sorted(workspace.raw.glob("*/listings.jsonl"))
    listings = [(path.parent.name, listing) for path in files for listing in read_listings(path)]
    marks.append(time.perf_counter())
    cleaned = [(source, listing, clean(listing)) for source, listing in listings]
    marks.append(time.perf_counter())
    assign([entry_of(*entry) for entry in cleaned])
    marks.append(time.perf_counter())
    steps = (end - start for start, end in pairwise(marks))
    return taken | dict(zip(("read", "clean", "join"), steps, strict=True))


def main(sizes: Annotated[list[int] | None, typer.Option(help="Default: 10000, 30000, 100000.")] = None) -> None:
    """Print seconds, peaks and growth."""
    calibrate()
    chosen, measured, rows = sorted(sizes or [10_000, 30_000, 100_000]), [], []
    for size in chosen:
        with tempfile.TemporaryDirectory() as folder:
            workspace, truth = Workspace(Path(folder)), {}
            by_shop: dict[str, list[Listing]] = {shop: [] for shop in _CURRENCIES}
            for listing, shoe in islice(draw_listings(), size):
                by_shop[listing.shop].append(listing)
                truth[listing.listing_id] = shoe
            for shop, listings in by_shop.items():
                write_listings(workspace.source(shop) / "listings.jsonl", listings)
            measured.append(figures := in_own_process(merge_here, folder))
            table = read_table(workspace.listings, "merge")
        score = pair_score(table["product_id"].tolist(), [truth[number] for number in table["listing_id"]])
        seconds = (f"{figures[name]:.1f}" for name in ("all", "cpu", "read", "clean", "join"))
        products, quality = table["product_id"].nunique(), (f"{score.precision:.4f}", f"{score.recall:.4f}")
        rows.append((f"{size:,}", *seconds, f"{figures['peak']:.0f}", f"{products:,}", *quality))
    header = ["listings", "seconds", "cpu", "read", "clean", "join", "peak MiB", "products", "precision", "recall"]
    print_table(header, rows)
    if len(chosen) > 1:
        for name in ("all", "cpu"):
            exponent = math.log(measured[-1][name] / measured[0][name]) / math.log(chosen[-1] / chosen[0])
            print(f"growth: {'seconds' if name == 'all' else name} ~ listings^{exponent:.2f}")
    calibrate()


if __name__ == "__main__":
    run(main)
