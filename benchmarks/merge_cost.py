"""Cost of the stage `merge`: seconds and peak memory of cleaning and joining synthetic listings, and how they grow.

    .venv/bin/python -m benchmarks.merge_cost --sizes 10000 --sizes 30000 --sizes 100000
    .venv/bin/python -m benchmarks.merge_cost --sizes 100000 --sizes 1000000 --kills 5

The listings are drawn: models of the brands in brands.yaml, named by syllables and numbers, twelve colourways a model,
so that models grow in number with the listings; each colourway stands in one to four of five shops, each of which words
titles its own way; six of ten listings state a style code. Every size runs in a process of its own, which reads the
listings, merges them and writes the tables as `sneakers merge` does. `cpu` are the seconds of all its processes, which
other load changes less. The peak is that of the process and those of the two that clean for it, added: the
most that it can have been. The growth is the exponent of size between the first and the last row: 1 is linear, 2
quadratic. Precision and recall are over pairs of listings, against the colourways that they were drawn from.

`crawled again` is the next merge, after a crawl that met all listings once more, and in which one in a hundred changed:
of these a half asks another price, a quarter is gone, and a quarter is new. It has the memory of the first merge. The
tables must be, byte for byte, those of a merge without it, in a folder of its own. With `--kills` that merge is killed
at a random moment so many times before it is let through: each time the tables must be whole, of before or of after.
"""

from __future__ import annotations

import math
import multiprocessing
import random
import resource
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.common import calibrate, in_own_process, pair_score, peak_mib, print_table, run
from sneakers_ml.catalogue.cleaning.lexicon import lexicon
from sneakers_ml.catalogue.listing import Listing, read_listings, write_listings
from sneakers_ml.catalogue.merge import merge
from sneakers_ml.catalogue.offers import continued, taken_away
from sneakers_ml.files import file_sha256
from sneakers_ml.tables import read_table
from sneakers_ml.workspace.paths import Workspace

_CURRENCIES = {"sneakerbaas": "EUR", "superkicks": "INR", "highsnobiety": "USD", "kickscrew": "USD", "footshop": "EUR"}
_PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
_CHANGED = 100  # one in so many
_FIRST, _AGAIN = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
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
    """Merge in this process; seconds and mebibytes."""
    started, before = time.perf_counter(), _cpu_seconds()
    peaks: dict[int, float] = {}
    merged = threading.Event()
    watch = threading.Thread(target=_watch_children, args=(peaks, merged))
    watch.start()
    try:
        merge(Workspace(Path(folder)))
    finally:
        merged.set()
        watch.join()
    taken = {"seconds": time.perf_counter() - started, "cpu": _cpu_seconds() - before}
    return taken | {"peak": peak_mib() + sum(peaks.values())}


def _watch_children(peaks: dict[int, float], merged: threading.Event) -> None:
    """Note the peak of each process that cleans, while it lives: `getrusage` counts its parent's for its own."""
    while not merged.wait(0.2):
        for children in Path("/proc/self/task").glob("*/children"):
            with suppress(OSError, StopIteration):  # one has just ended
                peaks |= {number: peak_mib(number) for number in map(int, children.read_text().split())}


def write_drawn(workspace: Workspace, size: int) -> dict[str, str]:
    """Write listings as a first crawl leaves them; answers which shoe each shows."""
    truth = {}
    with ExitStack() as stack:
        files = {}
        for shop in _CURRENCIES:
            workspace.source(shop).mkdir(parents=True)
            files[shop] = stack.enter_context((workspace.source(shop) / "listings.jsonl").open("wb"))
        for listing, shoe in islice(draw_listings(), size):
            fetched = listing.model_copy(update={"fetched_at": _FIRST})
            files[listing.shop].write(continued(fetched, None, _FIRST).model_dump_json().encode() + b"\n")
            truth[listing.listing_id] = shoe
    return truth


def crawl_again(workspace: Workspace) -> None:
    """All listings met once more, and what has changed among them."""
    for shop in _CURRENCIES:
        path = workspace.source(shop) / "listings.jsonl"
        write_listings(path, _met_again(path))


def _met_again(path: Path) -> Iterator[Listing]:
    for number, before in enumerate(read_listings(path)):
        again = before.model_copy(update={"fetched_at": _AGAIN})
        place, what = number % _CHANGED, number // _CHANGED % 4
        if place == 0 and what == 0:
            yield taken_away(before, _AGAIN)
        else:
            price = {"price": (before.price or 0) + 10} if place == 0 and what > 1 else {}
            yield continued(again.model_copy(update=price), before, _AGAIN)
        if place == 0 and what == 1:  # a shoe that another shop may sell
            new = {"listing_id": f"new-{before.listing_id}", "first_seen": None, "url": f"{before.url}-new"}
            yield continued(again.model_copy(update=new), None, _AGAIN)


def _hashes(workspace: Workspace) -> dict[str, str]:
    return {path.name: file_sha256(path) for path in sorted(workspace.products.parent.iterdir())}


def _kill_merges(workspace: Workspace, kills: int, seconds: float) -> None:
    """Start merges without a memory and kill each at a random moment; the tables stay whole, of before or of after."""
    generator = random.Random(0)  # noqa: S311 -- drawn to measure, not to hide
    for _ in range(kills):
        workspace.merge_memory.unlink(missing_ok=True)
        process = multiprocessing.get_context("spawn").Process(target=merge_here, args=(str(workspace.root),))
        process.start()
        process.join(generator.uniform(1, seconds))
        process.kill()
        process.join()
        rows = [len(read_table(path, "merge")) for path in (workspace.listings, workspace.products, workspace.offers)]
        print(f"killed: {process.exitcode}; whole tables of {', '.join(f'{count:,}' for count in rows)} rows")


def main(
    sizes: Annotated[list[int] | None, typer.Option(help="Default: 10000, 30000, 100000.")] = None,
    kills: Annotated[int, typer.Option(help="Merges after the second crawl that are killed at random.")] = 0,
) -> None:
    """Print seconds, peaks and growth, then the same of the merge after the next crawl."""
    calibrate()
    chosen = sorted(sizes or [10_000, 30_000, 100_000])
    measured: list[dict[str, float]] = []
    rows, updates = [], []
    for size in chosen:
        with tempfile.TemporaryDirectory() as folder:
            workspace, fresh = Workspace(Path(folder) / "one"), Workspace(Path(folder) / "fresh")
            truth = write_drawn(workspace, size)
            measured.append(whole := in_own_process(merge_here, str(workspace.root)))
            table = read_table(workspace.listings, "merge", ["product_id", "listing_id"])
            score = pair_score(table["product_id"].tolist(), [truth[number] for number in table["listing_id"]])
            products, quality = table["product_id"].nunique(), (f"{score.precision:.4f}", f"{score.recall:.4f}")
            rows.append((f"{size:,}", *_shown(whole), f"{products:,}", *quality))
            del table, truth
            crawl_again(workspace)
            shutil.copytree(workspace.root, fresh.root)
            update = in_own_process(merge_here, str(workspace.root))
            _kill_merges(fresh, kills, whole["seconds"])
            fresh.merge_memory.unlink(missing_ok=True)
            anew = in_own_process(merge_here, str(fresh.root))
            same = "yes" if _hashes(workspace) == _hashes(fresh) else "NO"
            shares = (f"{update[name] / anew[name]:.1%}" for name in ("seconds", "cpu"))
            updates.append((f"{size:,}", *_shown(update), *_shown(anew), *shares, same))
    cost = ["seconds", "cpu", "peak MiB"]
    print_table(["listings", *cost, "products", "precision", "recall"], rows)
    if len(chosen) > 1:
        for name in ("seconds", "cpu"):
            exponent = math.log(measured[-1][name] / measured[0][name]) / math.log(chosen[-1] / chosen[0])
            print(f"growth: {name} ~ listings^{exponent:.2f}")
    print("crawled again, 1 % changed; with the memory, without it, and the one as a share of the other")
    print_table(["listings", *cost, *cost, "of seconds", "of cpu", "same bytes"], updates)
    calibrate()


def _shown(figures: dict[str, float]) -> tuple[str, str, str]:
    return f"{figures['seconds']:.1f}", f"{figures['cpu']:.1f}", f"{figures['peak']:.0f}"


if __name__ == "__main__":
    run(main)
