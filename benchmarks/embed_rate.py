"""Photos embedded a second: our HOG against scikit-image's on the same decoded photos, EfficientNet-Lite0 from files.

    .venv/bin/python -m benchmarks.embed_rate --photos data/photos/images --count 400

Claims: our extractor `hog` (settings of params.yaml) is at least 5 times as fast as scikit-image's HOG with the
settings of the earlier recipe (256 resize, 224 crop, 8 orientations, 8 x 8 cells, blocks of one cell); with those same
settings our values are scikit-image's. Lite0 is timed as the stage `embed` runs it: JPEG files in, .npy out, two
workers. The time of its graph alone is printed beside it: it bounds what any change around the graph could bring.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from benchmarks.common import (
    calibrate,
    earlier_crop,
    earlier_hog,
    photo_files,
    print_table,
    run,
    seconds_by_name,
)
from sneakers_ml import images
from sneakers_ml.embedding.embed import embed_files
from sneakers_ml.embedding.store import FeatureWriter
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.extractor import GRAPH, load_extractor
from sneakers_ml.features.hog import Hog, HogTables, hog
from sneakers_ml.onnx_session import OnnxSession
from sneakers_ml.parallel import ordered_map
from sneakers_ml.workspace.params import EmbedParams, load_params
from sneakers_ml.workspace.paths import Workspace

Photo = NDArray[np.uint8]
_TABLES = HogTables(8)
_LITE0 = "efficientnet_lite0"


def _our_hog(crop: Photo) -> NDArray[np.float32]:
    return hog(crop, _TABLES, 8)


def _each(function: Callable[[Photo], object], photos: Sequence[Photo], workers: int) -> Callable[[], object]:
    """A job that calls a function on every photo, on this thread or on as many as there are workers."""

    def job() -> None:
        if workers > 1:
            list(ordered_map(function, photos, workers=workers))
        else:
            for photo in photos:
                function(photo)

    return job


def _hog_rates(photos: list[Photo], params: EmbedParams, rounds: int) -> None:
    extractor = Hog(**params.hog.model_dump())
    crops = [earlier_crop(photo) for photo in photos]
    worst = max(np.abs(_our_hog(crop) - earlier_hog(crop)).max() for crop in crops[:50])
    shoes = [cut(photo, shoe_region(photo)) for photo in photos]
    name = f"our Hog, {extractor.side} px, resize and HOG"
    jobs = {
        name: _each(lambda shoe: extractor.transform([shoe]), shoes, 1),
        f"{name}, with the shoe's region": _each(
            lambda photo: extractor.transform([cut(photo, shoe_region(photo))]), photos, 1
        ),
        f"{name}, 2 workers": _each(lambda shoe: extractor.transform([shoe]), shoes, 2),
        "our hog(), earlier settings, resize and HOG": _each(lambda photo: _our_hog(earlier_crop(photo)), photos, 1),
        "our hog(), earlier settings, resize and HOG, 2 workers": _each(
            lambda photo: _our_hog(earlier_crop(photo)), photos, 2
        ),
        "our hog(), earlier settings, HOG alone": _each(_our_hog, crops, 1),
        "scikit-image, earlier settings, HOG alone": _each(earlier_hog, crops, 1),
        "scikit-image, earlier settings, resize and HOG": _each(
            lambda photo: earlier_hog(earlier_crop(photo)), photos, 1
        ),
    }
    taken = seconds_by_name(jobs, rounds)
    base = taken["scikit-image, earlier settings, resize and HOG"]
    rows = [(job, f"{len(photos) / seconds:.0f}", f"{base / seconds:.1f}") for job, seconds in taken.items()]
    print_table(["HOG of decoded photos", "photos/s", "times scikit-image"], rows)
    print(f"largest difference of our hog() and scikit-image's at the earlier settings: {worst:.1e}\n")


def _lite0_rate(workspace: Workspace, files: list[Path], rounds: int) -> None:
    folder = workspace.extractor(_LITE0)
    extractor = load_extractor(folder, threads=1)
    session = OnnxSession(folder / GRAPH, threads=1)
    blank = np.zeros((1, 3, 224, 224), np.float32)
    runs = [blank] * 50
    graph = seconds_by_name(
        {
            "one": lambda: [session.run(run) for run in runs],
            "two": lambda: list(ordered_map(session.run, runs, workers=2)),
        },
        rounds,
    )
    rows = []
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as target:
            meta = {"name": _LITE0, "dim": extractor.dim}
            with FeatureWriter(Path(target), _LITE0, [str(n) for n in range(len(files))], meta) as writer:
                done = embed_files(extractor, files, writer, EmbedParams(names=(_LITE0,)))
        each = (f"{seconds / done.photos * 1e3:.1f}" for seconds in (done.reading, done.computing, done.writing))
        rows.append((f"round {number + 1}", f"{done.rate:.0f}", *each))
    print_table(["Lite0, files to .npy, 2 workers", "photos/s", "reading ms", "computing ms", "writing ms"], rows)
    print(
        f"Lite0's graph alone: {graph['one'] / 50 * 1e3:.1f} ms on one thread; "
        f"{50 / graph['two']:.0f} photos/s with 2 workers"
    )


def main(
    photos: Annotated[Path, typer.Option(help="Folder of photos.")] = Path("data/photos/images"),
    workspace: Annotated[Path, typer.Option(help="Workspace with models/extractors and params.yaml.")] = Path(),
    count: int = 400,
    hog_count: int = 100,
    rounds: int = 3,
) -> None:
    """Print the rates of HOG and of Lite0."""
    calibrate()
    files = photo_files(photos, count)
    params = load_params(Workspace(workspace).params).embed
    _hog_rates([images.read(file) for file in photo_files(photos, hog_count)], params, rounds)
    _lite0_rate(Workspace(workspace), files, rounds)
    calibrate()


if __name__ == "__main__":
    run(main)
