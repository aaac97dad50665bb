"""Render the demo: photos of invented sneakers with a manifest, and query photos kept apart from them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from demo.render.brands import BRANDS
from demo.render.catalogue import MANIFEST_COLUMNS, QUERY_COLUMNS, write_csv
from demo.render.jobs import ModelJob, QueryJob, run_job, start_worker
from demo.render.photo import VIEWS
from demo.render.spec import rng_for
from demo.shops.truth import write_truth
from sneakers_ml.errors import DataError, SneakersError, UsageError
from sneakers_ml.files import replacing_folder

__all__ = ["MAX_COLOURWAYS", "MAX_MODELS", "DemoResult", "render_demo"]

MAX_MODELS = min(len(brand.families) for brand in BRANDS)
MAX_COLOURWAYS = 6

Rows = list[dict[str, str]]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class DemoResult:
    """What was written."""

    folder: Path
    brands: int
    models: int
    products: int
    photos: int
    queries: int


def render_demo(
    folder: Path,
    *,
    seed: int = 7,
    brands: int = 10,
    models: int = 10,
    colourways: int = 3,
    queries: int = 12,
    workers: int | None = None,
    on_progress: Progress | None = None,
) -> DemoResult:
    """Write photos/, manifest.csv, queries/, queries.csv and the shops' truth.csv into `folder`, all or nothing.

    The bytes depend on the seed and the sizes alone, not on `workers` (None: one a core; 1: in this process).
    `progress` hears (photos done, photos in all). An earlier demo in `folder` is replaced.

    Raises:
        UsageError: a size is out of range.
        DataError: `folder` holds something that is not a demo.
        SneakersError: a worker process was lost.
    """
    sizes = _Sizes(brands, models, colourways, queries)
    _check(sizes, seed, workers)
    _check_folder(folder)
    with replacing_folder(folder) as fresh:
        rows, asked = _render(fresh, seed, sizes, workers or os.cpu_count() or 1, on_progress)
        write_csv(fresh / "manifest.csv", MANIFEST_COLUMNS, rows)
        write_csv(fresh / "queries.csv", QUERY_COLUMNS, asked)
        write_truth(fresh)
    return DemoResult(folder, brands, brands * models, len({row["product_id"] for row in rows}), len(rows), len(asked))


@dataclass(frozen=True)
class _Sizes:
    brands: int
    models: int
    colourways: int
    queries: int

    @property
    def photos(self) -> int:
        """Catalogue photos and query photos together."""
        return self.brands * self.models * self.colourways * len(VIEWS) + self.queries


def _check(sizes: _Sizes, seed: int, workers: int | None) -> None:
    most = {"brands": len(BRANDS), "models": MAX_MODELS, "colourways": MAX_COLOURWAYS}
    for name, high in most.items():
        value = getattr(sizes, name)
        if not 1 <= value <= high:
            raise UsageError(f"The demo has 1 to {high} {name}, not {value}; choose a number in that range.")
    if seed < 0 or sizes.queries < 0:
        raise UsageError("The demo's seed and number of queries cannot be negative; choose 0 or more.")
    if workers is not None and workers < 1:
        raise UsageError(f"The demo cannot be rendered by {workers} workers; choose 1 or more.")


def _check_folder(folder: Path) -> None:
    if not folder.exists() or (folder / "manifest.csv").is_file():
        return
    if not folder.is_dir() or any(folder.iterdir()):
        raise DataError(f"{folder} holds something that is not a demo; name another folder or empty this one.")


def _jobs(folder: Path, seed: int, sizes: _Sizes) -> list[ModelJob | QueryJob]:
    places = [(brand, model) for brand in range(sizes.brands) for model in range(sizes.models)]
    jobs: list[ModelJob | QueryJob] = [ModelJob(folder, seed, *place, sizes.colourways) for place in places]
    for number in range(sizes.queries):
        model = int(rng_for(seed, "query-model", number).integers(0, sizes.models))
        jobs.append(QueryJob(folder, seed, number % sizes.brands, model, sizes.colourways, number))
    return jobs


def _render(folder: Path, seed: int, sizes: _Sizes, workers: int, on_progress: Progress | None) -> tuple[Rows, Rows]:
    jobs = _jobs(folder, seed, sizes)
    rows: Rows = []
    asked: Rows = []
    for job, done in zip(jobs, _run(jobs, min(workers, len(jobs))), strict=True):
        (asked if isinstance(job, QueryJob) else rows).extend(done)
        if on_progress is not None:
            on_progress(len(rows) + len(asked), sizes.photos)
    return rows, asked


def _run(jobs: list[ModelJob | QueryJob], workers: int) -> Iterator[Rows]:
    """The jobs' rows in the jobs' order; 'spawn' because a forked process may inherit locked threads."""
    if workers == 1:
        yield from map(run_job, jobs)
        return
    try:
        with ProcessPoolExecutor(workers, get_context("spawn"), start_worker) as pool:
            yield from pool.map(run_job, jobs)
    except BrokenProcessPool as error:
        raise SneakersError(
            "A process that renders the demo was ended from outside (memory?); try again with workers=1."
        ) from error
