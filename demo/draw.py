"""Draw the demo: photos of invented sneakers with a manifest, query photos, other things, and what its shops sell."""

from __future__ import annotations

import operator
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.render.manifest_rows import MANIFEST_COLUMNS, QUERY_COLUMNS, model_rows, product_id, write_csv
from demo.render.scene.phone import query_photo
from demo.render.scene.studio import VIEWS, colourway_photos
from demo.render.seeded import rng_for
from demo.render.shoe.invented_brands import BRANDS
from demo.render.shoe.palette import pick_colourways
from demo.render.shoe.shoe import draw_shoe
from demo.render.shoe.shoe_spec import sample_spec
from demo.render.things import KINDS, thing_photo
from demo.shops.stock.truth import write_truth
from sneakers_ml.errors import DataError, SneakersError, UsageError
from sneakers_ml.files import replacing_folder
from sneakers_ml.parallel import end_with_parent
from sneakers_ml.progress import OnProgress, no_progress

__all__ = ["MAX_COLOURWAYS", "MAX_MODELS", "DemoResult", "render_demo"]

MAX_MODELS = min(len(brand.families) for brand in BRANDS)
MAX_COLOURWAYS = 6
JPEG_QUALITY = 92

Rows = list[dict[str, str]]
Job = Callable[[], Rows]
"""Draws photos and returns their rows."""


@dataclass(frozen=True)
class DemoResult:
    """What was written."""

    folder: Path
    brands: int
    models: int
    products: int
    photos: int
    queries: int
    things: int


def render_demo(
    folder: Path,
    *,
    seed: int = 7,
    brands: int = 10,
    models: int = 10,
    colourways: int = 3,
    queries: int = 12,
    things: int = 0,
    workers: int | None = None,
    on_progress: OnProgress = no_progress,
) -> DemoResult:
    """Write photos/, manifest.csv, queries/, queries.csv and the shops' truth.csv into `folder`, all or nothing.

    With `things` there is a folder of that name with as many photos of no sneakers, each kind in turn.

    The bytes depend on the seed and the sizes alone, not on `workers` (None: one a core; 1: in this process).
    An earlier demo in `folder` is replaced.

    Raises:
        UsageError: a size is out of range.
        DataError: `folder` holds something that is not a demo.
        SneakersError: a worker process was lost.
    """
    sizes = (
        ("brands", brands, len(BRANDS)),
        ("models", models, MAX_MODELS),
        ("colourways", colourways, MAX_COLOURWAYS),
    )
    for name, value, most in sizes:
        if not 1 <= value <= most:
            raise UsageError(f"The demo has 1 to {most} {name}, not {value}; choose a number in that range.")
    if min(seed, queries, things) < 0:
        raise UsageError("The demo's seed and numbers of queries and things cannot be negative; choose 0 or more.")
    if workers is not None and workers < 1:
        raise UsageError(f"The demo cannot be rendered by {workers} workers; choose 1 or more.")
    is_demo = (folder / "manifest.csv").is_file()
    if folder.exists() and not is_demo and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(f"{folder} holds something that is not a demo; name another folder or empty this one.")

    with replacing_folder(folder) as fresh:
        places = [(brand, model) for brand in range(brands) for model in range(models)]
        jobs: list[Job] = [partial(draw_model, fresh, seed, *place, colourways) for place in places]
        for number in range(queries):
            model = int(rng_for(seed, "query-model", number).integers(0, models))
            jobs.append(partial(draw_query, fresh, seed, number % brands, model, colourways, number))
        jobs += [partial(draw_thing, fresh, seed, number) for number in range(things)]
        rows: Rows = []
        asked: Rows = []
        others: Rows = []
        for job, drawn in enumerate(_run(jobs, min(workers or os.cpu_count() or 1, len(jobs)))):
            (rows if job < len(places) else asked if job < len(places) + queries else others).extend(drawn)
            done = len(rows) + len(asked) + len(others)
            on_progress(done, len(places) * colourways * len(VIEWS) + queries + things)
        write_csv(fresh / "manifest.csv", MANIFEST_COLUMNS, rows)
        write_csv(fresh / "queries.csv", QUERY_COLUMNS, asked)
        write_truth(fresh)
    products = len({row["product_id"] for row in rows})
    return DemoResult(folder, brands, len(places), products, len(rows), len(asked), len(others))


def _run(jobs: Sequence[Job], workers: int) -> Iterator[Rows]:
    """The jobs' rows in the jobs' order; 'spawn' because a forked process may inherit locked threads."""
    if workers == 1:
        yield from map(operator.call, jobs)
        return
    try:
        with ProcessPoolExecutor(workers, get_context("spawn"), _begin_worker) as pool:
            yield from pool.map(operator.call, jobs)
    except BrokenProcessPool as error:
        raise SneakersError(
            "A process that renders the demo was ended from outside, perhaps for want of memory; try again."
        ) from error


def _begin_worker() -> None:
    cv2.setNumThreads(1)  # the processes are the parallelism, and sums keep their order
    end_with_parent()


def draw_model(folder: Path, seed: int, brand: int, model: int, colourways: int) -> Rows:
    """All catalogue photos of one model."""
    spec = sample_spec(BRANDS[brand], model, seed)
    ways = pick_colourways(spec, colourways, seed)
    photos = colourway_photos(draw_shoe(spec), ways, seed)
    rows = model_rows(spec, ways, seed)
    for row in rows:
        _save(folder / row["file"], photos[row["colour"], row["view"]])
    return rows


def draw_query(folder: Path, seed: int, brand: int, model: int, colourways: int, number: int) -> Rows:
    """One query photo of a colourway that is in the catalogue."""
    spec = sample_spec(BRANDS[brand], model, seed)
    rng = rng_for(seed, "query", number)
    ways = pick_colourways(spec, colourways, seed)
    way = ways[int(rng.integers(0, len(ways)))]
    file = f"queries/{number + 1:02d}-{spec.brand.slug}-{spec.slug}.jpg"
    _save(folder / file, query_photo(draw_shoe(spec), way, number, rng))
    return [{"file": file, "brand": spec.brand.name, "model": spec.name, "product_id": product_id(spec, way)}]


def draw_thing(folder: Path, seed: int, number: int) -> Rows:
    """One photo of another thing; which kind it shows goes by its number."""
    kind = KINDS.names()[number % len(KINDS.names())]
    file = f"things/{number + 1:03d}-{kind}.jpg"
    _save(folder / file, thing_photo(kind, rng_for(seed, "thing", number)))
    return [{"file": file}]


def _save(file: Path, photo: NDArray[np.uint8]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(photo, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    file.write_bytes(data.tobytes())
