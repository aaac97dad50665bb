"""Peak memory of embedding more and more photos: a stream's memory does not grow with the number of photos.

    .venv/bin/python -m benchmarks.memory --photos data/photos/images

Each run is a process of its own that reads, cuts and embeds the photos as the stage `embed` does and writes the vectors
to a temporary folder; where the folder holds fewer photos they come round again, each read anew. `concat` reads no
photo: its run joins vectors of that many photos. The peak is Linux's VmHWM. A ratio near 1 means flat: ResNet152, for
which 50,000 photos would take hours, is shown flat on fewer.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.common import calibrate, photo_files, print_table, run

_STATUS = Path("/proc/self/status")
_COUNTS = {"resnet152": [500, 2000]}
_USUAL_COUNTS = [2000, 50_000]
_TARGET = 1.5e9  # bytes
_JOINED = "concat"
_ROWS = 512  # of made-up vectors at a time


def _peak_mib() -> float:
    line = next(line for line in _STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _embed_here(photos: Path, workspace: Path, name: str, count: int) -> dict[str, float]:
    """Embed in this process; what it took."""
    from sneakers_ml.embedding.embed import embed_files
    from sneakers_ml.embedding.store import FeatureWriter
    from sneakers_ml.features.extractor import load_extractor
    from sneakers_ml.workspace.params import load_params
    from sneakers_ml.workspace.paths import Workspace

    home = Workspace(workspace)
    extractor = load_extractor(home.extractor(name), threads=1)
    before = _peak_mib()
    ids = [str(number) for number in range(count)]
    meta = {"name": name, "dim": extractor.dim}
    with tempfile.TemporaryDirectory() as target, FeatureWriter(Path(target), name, ids, meta) as writer:
        done = embed_files(extractor, photo_files(photos, count), writer, load_params(home.params).embed)
    return {"before": before, "peak": _peak_mib(), "rate": done.rate}


def _join_here(workspace: Path, count: int) -> dict[str, float]:
    """Join vectors of made-up photos in this process, as `embed concat` does; what it took."""
    import numpy as np
    import pandas as pd

    from sneakers_ml.embedding.embed import embed
    from sneakers_ml.embedding.store import FeatureWriter
    from sneakers_ml.features.extractor import read_spec
    from sneakers_ml.tables import write_table
    from sneakers_ml.workspace.params import load_params
    from sneakers_ml.workspace.paths import Workspace

    home, params = Workspace(workspace), load_params(Workspace(workspace).params).embed
    ids, random = [str(number) for number in range(count)], np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        place = Workspace(Path(folder))
        write_table(pd.DataFrame({"photo_id": ids, "file": ids}), place.photo_table)
        for name in params.concat.parts:
            spec = read_spec(home.extractor(name))
            place.extractor(name).mkdir(parents=True)
            spec.save(place.extractor(name))
            with FeatureWriter(place.features, name, ids, spec.model_dump()) as writer:
                for start in range(0, count, _ROWS):
                    writer.append(random.random((min(_ROWS, count - start), spec.dim), np.float32))
        before = _peak_mib()
        done = embed(place, _JOINED, params)
    return {"before": before, "peak": _peak_mib(), "rate": done.rate}


def _embed_apart(photos: Path, workspace: Path, name: str, count: int) -> dict[str, Any]:
    """Embed in a process of its own, so that nothing earlier counts."""
    command = [sys.executable, "-m", "benchmarks.memory", "--photos", str(photos), "--workspace", str(workspace)]
    command += ["--extractors", name, "--counts", str(count), "--here"]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, Any] = json.loads(answer.stdout)
    return result


def main(
    photos: Annotated[Path, typer.Option(help="Folder of photos.")] = Path("data/photos/images"),
    workspace: Annotated[Path, typer.Option(help="Workspace with models/extractors and params.yaml.")] = Path(),
    extractors: Annotated[list[str] | None, typer.Option(help="Default: hog, sift, efficientnet_lite0.")] = None,
    counts: Annotated[
        list[int] | None, typer.Option(help="Photos. Default: 2000, 50000; of resnet152 500, 2000.")
    ] = None,
    here: Annotated[bool, typer.Option("--here", hidden=True)] = False,
) -> None:
    """Print the peaks, their ratio, and whether they stay under 1.5 GB."""
    names = extractors or ["hog", "sift", "efficientnet_lite0"]
    if here:
        size = (counts or _USUAL_COUNTS)[0]
        joined = names[0] == _JOINED
        print(json.dumps(_join_here(workspace, size) if joined else _embed_here(photos, workspace, names[0], size)))
        return
    calibrate()
    rows = []
    for name in names:
        first = None
        for size in counts or _COUNTS.get(name, _USUAL_COUNTS):
            result = _embed_apart(photos, workspace, name, size)
            first = first or result["peak"]
            under = "yes" if result["peak"] * 2**20 < _TARGET else "NO"
            figures = (f"{result['before']:.0f}", f"{result['peak']:.0f}", f"{result['peak'] / first:.2f}", under)
            rows.append((name, f"{size:,}", *figures, f"{result['rate']:.0f}"))
            print(f"  {name}, {size:,} photos: {result['peak']:.0f} MiB", flush=True)
    print_table(["extractor", "photos", "loaded MiB", "peak MiB", "ratio", "under 1.5 GB", "photos/s"], rows)
    calibrate()


if __name__ == "__main__":
    run(main)
