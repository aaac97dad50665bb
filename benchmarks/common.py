"""What the benchmarks share: photos and manifests, timing, processes of their own, intervals, tables."""

from __future__ import annotations

import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import typer
from numpy.typing import NDArray
from PIL import Image

from sneakers_ml import images
from sneakers_ml.catalogue.importing.sources import Row, read_manifest
from sneakers_ml.errors import SneakersError, UsageError
from sneakers_ml.evaluation.metrics.bootstrap import Interval, Resampling, intervals_of_sums
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.extractor import Extractor
from sneakers_ml.parallel import ordered_map

__all__ = [
    "Labelled",
    "PairScore",
    "brand_intervals",
    "calibrate",
    "in_own_process",
    "labelled_photos",
    "pair_score",
    "peak_mib",
    "photo_files",
    "predict",
    "print_table",
    "run",
    "seconds_by_name",
    "shown",
    "vectors_of",
]

Result = TypeVar("Result")
Floats = NDArray[np.float64]

_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


@dataclass(frozen=True)
class Labelled:
    """The photos of a manifest; `groups` are products, or files where the manifest names no product."""

    files: list[Path]
    brands: NDArray[np.str_]
    groups: NDArray[np.str_]


def labelled_photos(manifest: Path) -> Labelled:
    """Rows of a CSV with the columns file (relative to the CSV), brand and perhaps product_id; brands in lower case."""
    rows = [row for row in read_manifest(manifest) if isinstance(row, Row)]
    return Labelled(
        [manifest.parent / row.file for row in rows],
        np.array([row.brand.casefold() for row in rows], np.str_),
        np.array([row.product_id or row.file for row in rows], np.str_),
    )


def photo_files(folder: Path, count: int) -> list[Path]:
    """`count` photos below a folder, drawn evenly, repeated when there are fewer."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)
    if not found:
        raise UsageError(f"{folder}: holds no photo; name a folder of photos with --photos")
    return [
        found[number * len(found) // count if count <= len(found) else number % len(found)] for number in range(count)
    ]


def vectors_of(extractor: Extractor, files: Sequence[Path]) -> NDArray[np.float32]:
    """(n, d) vectors of photos, each cut to its shoe, two at a time."""

    def embed(file: Path) -> NDArray[np.float32]:
        photo = images.read(file)
        return np.asarray(extractor.transform([cut(photo, shoe_region(photo))])[0])

    return np.stack(list(ordered_map(embed, files, workers=2)))


def predict(fitted: Any, vectors: NDArray[np.float32]) -> NDArray[np.str_]:
    """(n,) the brand of highest probability of each of (n, d) vectors, by a fitted scikit-learn classifier."""
    return np.asarray(fitted.classes_, np.str_)[fitted.predict_proba(vectors).argmax(axis=1)]


def seconds_by_name(jobs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each job; every round runs all of them in turn, so that other load falls on all alike."""
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            started = time.perf_counter()
            job()
            taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in taken.items()}


def in_own_process(function: Callable[..., Result], *arguments: object) -> Result:
    """What a function of a module returns in a fresh process, where nothing that ran before counts."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def peak_mib(process: int | None = None) -> float:
    """Peak resident size of a process, of this one by default, so far.

    It is Linux's VmHWM, which unlike `ru_maxrss` forgets the parent's.
    """
    lines = Path(f"/proc/{process or 'self'}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def brand_intervals(
    truth: NDArray[np.str_], named: Sequence[NDArray[np.str_]], groups: NDArray[np.str_], resampling: Resampling
) -> dict[str, list[Interval]]:
    """`macro_f1` (mean over the brands in the truth) and `accuracy` of one or two answers to the same photos.

    Of two answers, a third interval is the second's figure less the first's, within each resample.

    Args:
        truth: (n,) brands.
        named: (n,) brands of each answer.
        groups: (n,) what is resampled: shoe models, or products.
        resampling: number of resamples and seed.
    """
    # scikit-learn is imported where it is needed, as scripts that use none of it measure their memory.
    from sneakers_ml.evaluation.metrics.classification import accuracy, brand_counts, macro_f1

    labels = np.unique(np.concatenate([truth, *named])).tolist()
    table = np.hstack([brand_counts(truth, one, labels) for one in named])

    def value(figure: Callable[[Floats], Floats], place: int, sums: Floats) -> Floats:
        each = [figure(counts) for counts in np.split(sums, len(named), axis=1)]
        return each[place] if place < len(each) else each[1] - each[0]

    found = {}
    for name, figure in (("macro_f1", macro_f1), ("accuracy", accuracy)):
        statistics = {str(place): partial(value, figure, place) for place in range((0, 1, 3)[len(named)])}
        found[name] = list(intervals_of_sums(table, groups, statistics, resampling).values())
    return found


class PairScore(NamedTuple):
    """Pairs of listings that belong together; the share of pairs put together that do, and of those the share found."""

    pairs: int
    precision: float
    recall: float


def pair_score(found: Sequence[str], truth: Sequence[str]) -> PairScore:
    """How well a partition of listings agrees with the truth (Hubert and Arabie, Comparing partitions, 1985)."""
    from sklearn.metrics.cluster import pair_confusion_matrix

    (_, wrong), (missed, right) = pair_confusion_matrix(truth, found) // 2
    return PairScore(int(missed + right), float(right / (right + wrong)), float(right / (right + missed)))


def calibrate() -> None:
    """Print what this machine does just now: load, matrix product on all cores, JPEG decoding on one."""
    rows = np.random.default_rng(0).random((1024, 1024), np.float32)
    picture = io.BytesIO()
    Image.fromarray((rows[:800, :800] * 40 + 100).astype(np.uint8)).convert("RGB").save(picture, "JPEG", quality=90)
    taken = seconds_by_name(
        {"product": lambda: rows @ rows, "decode": lambda: images.decode(picture.getvalue())}, rounds=9
    )
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; float32 product "
        f"{2 * 1024**3 / taken['product'] / 1e9:.0f} GFLOP/s; JPEG 800 x 800 {1 / taken['decode']:.0f}/s"
    )


def shown(interval: Interval, sign: str = "") -> str:
    """A figure with its 95 % interval; `sign` is "+" for a difference."""
    bounds = f" [{interval.low:{sign}.3f}, {interval.high:{sign}.3f}]" if interval.bounded else ""
    return f"{interval.value:{sign}.3f}{bounds}"


def print_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns as wide as they need to be: the first to the left, the others to the right."""
    cells = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    for row in cells:
        others = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        print("  ".join([row[0].ljust(widths[0]), *others]))


def run(main: Callable[..., None]) -> None:
    """Run a script's main with its command line; a failure is one line."""
    try:
        typer.run(main)
    except SneakersError as error:
        sys.exit(str(error))
