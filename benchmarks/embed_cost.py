"""Photos embedded a second, and the peak memory of embedding more and more of them.

    .venv/bin/python -m benchmarks.embed_cost --photos data/photos/images --counts 2000 --counts 50000

Each run is a process of its own that reads, cuts and embeds JPEG files as the stage `embed` does, with its two workers,
and writes the vectors to a temporary folder; where the folder holds fewer photos they come round again, each read anew.
Reading, computing and writing are milliseconds a photo, summed over the workers. "alone" is one call for a shoe of 224
x 224: what the extractor itself takes bounds what any change around it could bring. `concat` reads no photo: its run
joins vectors of that many photos. The peak is Linux's VmHWM. A ratio near 1 means that memory does not grow with the
number of photos; ResNet152, for which 50,000 photos would take hours, shows it on fewer.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from benchmarks.common import calibrate, in_own_process, peak_mib, photo_files, print_table, run, seconds_by_name
from sneakers_ml.embedding.embed import EmbedResult, embed, embed_files
from sneakers_ml.embedding.store import FeatureWriter
from sneakers_ml.features.extractor import load_extractor, read_spec
from sneakers_ml.tables import write_table
from sneakers_ml.workspace.params import load_params
from sneakers_ml.workspace.paths import Workspace

_COUNTS = {"resnet152": [500, 2000]}
_USUAL_COUNTS = [2000, 50_000]
_ROWS = 512  # of made-up vectors at a time


def embed_here(home: Workspace, name: str, photos: Path, count: int) -> tuple[float, float, float, EmbedResult]:
    """Embed in this process: milliseconds of the extractor alone, MiB before and at the peak, and what it took."""
    extractor = load_extractor(home.extractor(name), threads=1)
    shoe = np.zeros((224, 224, 3), np.uint8)
    alone = seconds_by_name({name: lambda: extractor.transform([shoe])}, rounds=25)[name] * 1e3
    before, ids = peak_mib(), [str(number) for number in range(count)]
    meta = {"name": name, "dim": extractor.dim}
    with tempfile.TemporaryDirectory() as folder, FeatureWriter(Path(folder), name, ids, meta) as writer:
        done = embed_files(extractor, photo_files(photos, count), writer, load_params(home.params).embed)
    return alone, before, peak_mib(), done


def join_here(home: Workspace, count: int) -> tuple[float, float, float, EmbedResult]:
    """The same of joining vectors of made-up photos, as `embed concat` does."""
    params, ids, random = load_params(home.params).embed, list(map(str, range(count))), np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        place = Workspace(Path(folder))
        write_table(pd.DataFrame({"photo_id": ids, "file": ids}), place.photo_table)
        for name in read_spec(home.extractor("concat")).settings["parts"]:
            spec = read_spec(home.extractor(name))
            place.extractor(name).mkdir(parents=True)
            spec.save(place.extractor(name))
            with FeatureWriter(place.features, name, ids, spec.model_dump()) as writer:
                for start in range(0, count, _ROWS):
                    writer.append(random.random((min(_ROWS, count - start), spec.dim), np.float32))
        before = peak_mib()
        done = embed(place, "concat", params)
    return np.nan, before, peak_mib(), done


def main(
    photos: Annotated[Path, typer.Option(help="Folder of photos.")] = Path("data/photos/images"),
    workspace: Annotated[Path, typer.Option(help="Workspace with models/extractors and params.yaml.")] = Path(),
    extractors: Annotated[list[str] | None, typer.Option(help="Default: hog, sift, efficientnet_lite0.")] = None,
    counts: Annotated[
        list[int] | None, typer.Option(help="Photos. Default: 2000, 50000; of resnet152 500, 2000.")
    ] = None,
) -> None:
    """Print rates and peaks."""
    calibrate()
    home, rows = Workspace(workspace), []
    for name in extractors or ["hog", "sift", "efficientnet_lite0"]:
        first = 0.0
        for count in counts or _COUNTS.get(name, _USUAL_COUNTS):
            job = (join_here, home, count) if name == "concat" else (embed_here, home, name, photos, count)
            alone, before, peak, done = in_own_process(*job)
            first = first or peak
            steps = (f"{seconds / count * 1e3:.1f}" for seconds in (done.reading, done.computing, done.writing))
            sizes = (f"{before:.0f}", f"{peak:.0f}", f"{peak / first:.2f}")
            rows.append((name, f"{count:,}", f"{done.rate:.0f}", *steps, f"{alone:.1f}", *sizes))
            print(f"  {name}, {count:,} photos: {done.rate:.0f} photos/s, {peak:.0f} MiB", flush=True)
    steps = ["reading ms", "computing ms", "writing ms", "alone ms"]
    print_table(["extractor", "photos", "photos/s", *steps, "loaded MiB", "peak MiB", "ratio"], rows)
    calibrate()


if __name__ == "__main__":
    run(main)
