"""What the benchmarks share: photos and manifests, timing in rounds, the earlier recipe's HOG, tables."""

from __future__ import annotations

import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import typer
from numpy.typing import NDArray
from PIL import Image

from sneakers_ml import images
from sneakers_ml.catalogue.manifest import Row, read_manifest
from sneakers_ml.errors import SneakersError, UsageError
from sneakers_ml.evaluation.metrics.bootstrap import Interval
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.extractor import Extractor
from sneakers_ml.parallel import ordered_map

__all__ = [
    "Labelled",
    "calibrate",
    "earlier_crop",
    "earlier_hog",
    "labelled_photos",
    "photo_files",
    "print_table",
    "run",
    "seconds_by_name",
    "shown",
    "vectors_of",
]

Photo = NDArray[np.uint8]
_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


@dataclass(frozen=True)
class Labelled:
    """The photos of a manifest; `group` is the product, or the file where the manifest names none."""

    files: list[Path]
    brands: NDArray[np.str_]
    groups: NDArray[np.str_]


def labelled_photos(manifest: Path, brands: Sequence[str] | None = None) -> Labelled:
    """Rows of a CSV with the columns file, brand and perhaps product_id; files are relative to the CSV."""
    rows = [row for row in read_manifest(manifest) if isinstance(row, Row)]
    if brands is not None:
        rows = [row for row in rows if row.brand.casefold() in brands]
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


def seconds_by_name(jobs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each job; every round runs all of them in turn, so that other load falls on all alike."""
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            started = time.perf_counter()
            job()
            taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in taken.items()}


def earlier_crop(photo: Photo) -> Photo:
    """(224, 224, 3): the photo stretched to 256 x 256, and of that the centre, as the earlier recipe did."""
    resized = Image.fromarray(photo).resize((256, 256), Image.Resampling.BICUBIC)
    return np.array(resized.crop((16, 16, 240, 240)))


def earlier_hog(crop: Photo) -> NDArray[np.float32]:
    """(6272,) scikit-image's HOG with the earlier recipe's settings: 8 orientations, 8 x 8 cells, blocks of 1 cell."""
    from skimage.feature import hog

    vector = hog(crop, orientations=8, pixels_per_cell=(8, 8), cells_per_block=(1, 1), channel_axis=-1)
    return np.asarray(vector, np.float32)


def calibrate() -> None:
    """Print what this machine does just now: load, matrix product on all cores, JPEG decoding on one."""
    rows = np.random.default_rng(0).random((1024, 1024), np.float32)
    picture = io.BytesIO()
    Image.fromarray((rows[:800, :800] * 40 + 100).astype(np.uint8)).convert("RGB").save(picture, "JPEG", quality=90)
    taken = seconds_by_name(
        {"product": lambda: rows @ rows, "decode": lambda: images.decode(picture.getvalue())}, rounds=9
    )
    print(
        f"machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; float32 product "
        f"{2 * 1024**3 / taken['product'] / 1e9:.0f} GFLOP/s; JPEG 800 x 800 {1 / taken['decode']:.0f}/s"
    )


def shown(interval: Interval) -> str:
    """A figure with its 95 % interval."""
    return (
        f"{interval.value:.3f} [{interval.low:.3f}, {interval.high:.3f}]"
        if interval.bounded
        else f"{interval.value:.3f}"
    )


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
