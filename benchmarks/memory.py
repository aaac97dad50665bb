"""Peak memory of embedding 2,000 and 10,000 photos: a stream's memory does not grow with the number of photos.

    .venv/bin/python -m benchmarks.memory --photos data/photos/images

Each run is a process of its own that reads, cuts and embeds the photos as the stage `embed` does and writes the vectors
to a temporary folder; where the folder holds fewer photos they come round again, each read anew. The peak is Linux's
VmHWM. A ratio near 1 means flat.
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


def _peak_mib() -> float:
    line = next(line for line in _STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _embed_here(photos: Path, workspace: Path, name: str, count: int) -> dict[str, float]:
    """Embed in this process; what it took."""
    from sneakers_ml.features.base import load_extractor
    from sneakers_ml.features.embed import embed_files
    from sneakers_ml.features.store import FeatureWriter
    from sneakers_ml.params import load_params
    from sneakers_ml.paths import Workspace

    home = Workspace(workspace)
    extractor = load_extractor(home.extractor(name), threads=1)
    before = _peak_mib()
    ids = [str(number) for number in range(count)]
    meta = {"name": name, "dim": extractor.dim}
    with tempfile.TemporaryDirectory() as target, FeatureWriter(Path(target), name, ids, meta) as writer:
        done = embed_files(extractor, photo_files(photos, count), writer, load_params(home.params).embed)
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
    extractors: Annotated[list[str] | None, typer.Option(help="Default: hog, efficientnet_lite0.")] = None,
    counts: Annotated[list[int] | None, typer.Option(help="Default: 2000, 10000.")] = None,
    here: Annotated[bool, typer.Option("--here", hidden=True)] = False,
) -> None:
    """Print the peaks and their ratio."""
    names, sizes = extractors or ["hog", "efficientnet_lite0"], counts or [2000, 10_000]
    if here:
        print(json.dumps(_embed_here(photos, workspace, names[0], sizes[0])))
        return
    calibrate()
    rows = []
    for name in names:
        results = {size: _embed_apart(photos, workspace, name, size) for size in sizes}
        first = results[sizes[0]]["peak"]
        for size, result in results.items():
            figures = (f"{result['before']:.0f}", f"{result['peak']:.0f}", f"{result['peak'] / first:.2f}")
            rows.append((name, f"{size:,}", *figures, f"{result['rate']:.0f}"))
    print_table(["extractor", "photos", "loaded MiB", "peak MiB", "ratio", "photos/s"], rows)
    calibrate()


if __name__ == "__main__":
    run(main)
