"""What decoding a photo costs now and in another checkout: the same files, in turn, each by a process of its own.

    git worktree add /tmp/before main
    .venv/bin/python -m benchmarks.decode /tmp/before/src --photos data/demo/queries

Claim: no set of files takes more than 5 % longer than before. The time is the processor's, and of each file the
best of the rounds, so that other load counts little. Files with a colour profile other than sRGB are not compared: what
did not convert them did less.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from PIL import Image, ImageCms

import sneakers_ml
from benchmarks.common import photo_files, print_table, run
from sneakers_ml import images
from sneakers_ml.errors import BadImage

WORKER = """
import pathlib, sys, time
from sneakers_ml import images
files = [pathlib.Path(line).read_bytes() for line in sys.argv[2:]]
side = int(sys.argv[1]) or None
for _ in sys.stdin:
    taken = [time.process_time()]
    for data in files:
        images.decode(data, longest_side=side)
        taken.append(time.process_time())
    print(*(end - start for start, end in zip(taken, taken[1:])), flush=True)
"""


def drawn(folder: Path, count: int) -> dict[str, list[Path]]:
    """Photos of smooth noise, as a phone and as a shop write them."""
    rng = np.random.default_rng(0)
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options = {
        "800 px, JPEG": ((800, 600), "JPEG", {"quality": 85}),
        "800 px, progressive JPEG with an sRGB profile": (
            (800, 600),
            "JPEG",
            {"progressive": True, "icc_profile": profile},
        ),
        "4000 px, JPEG with EXIF": ((4000, 3000), "JPEG", {"quality": 90, "exif": exif}),
        "800 px, PNG": ((800, 600), "PNG", {"compress_level": 3}),
        "800 px, WebP": ((800, 600), "WEBP", {"quality": 80}),
    }
    found: dict[str, list[Path]] = {}
    for name, (size, kind, parameters) in options.items():
        for number in range(count if size[0] < 1000 else max(1, count // 8)):
            small = Image.fromarray(rng.integers(0, 256, (30, 40, 3), np.uint8))
            buffer = io.BytesIO()
            small.resize(size, Image.Resampling.BICUBIC).save(buffer, kind, **parameters)
            found.setdefault(name, []).append(folder / f"{len(found)}-{number}")
            found[name][-1].write_bytes(buffer.getvalue())
    return found


def readable(file: Path) -> bool:
    try:
        return bool(images.read(file).size)
    except BadImage:
        return False


def compare(before: Path, files: list[Path], side: int, rounds: int) -> tuple[float, float, float]:
    """Milliseconds a photo before and now, and the ratio of now to before."""
    arguments = [sys.executable, "-c", WORKER, str(side), *map(str, files)]
    sources = before.absolute(), Path(sneakers_ml.__file__).parents[1]
    workers = [
        subprocess.Popen(
            arguments,
            env=os.environ | {"PYTHONPATH": str(source)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for source in sources
    ]
    best = [[float("inf")] * len(files)] * 2
    for number in range(rounds):
        for place in (0, 1) if number % 2 else (1, 0):
            reading, writing = workers[place].stdout, workers[place].stdin
            assert reading is not None
            assert writing is not None
            writing.write("go\n")
            writing.flush()
            best[place] = list(map(min, best[place], map(float, reading.readline().split())))
    for worker in workers:
        worker.communicate()
    then, now = map(sum, best)
    return then / len(files) * 1e3, now / len(files) * 1e3, now / then


def main(
    before: Annotated[Path, typer.Argument(help="The folder src of the other checkout.")],
    photos: Annotated[Path, typer.Option(help="Folder of photos.")] = Path("data/demo/queries"),
    count: Annotated[int, typer.Option(help="Photos of a set.")] = 60,
    rounds: int = 15,
) -> None:
    """Print milliseconds a photo, and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        sets = {f"photos of {photos}": [file for file in photo_files(photos, count) if readable(file)]}
        sets |= drawn(Path(folder), max(8, count // 3))
        rows = []
        for name, files in sets.items():
            for side in (0, images.QUERY_SIDE):
                then, now, ratio = compare(before, files, side, rounds)
                label = f"{name}, longest side {side}" if side else name
                rows.append((label, len(files), f"{then:.2f}", f"{now:.2f}", f"{ratio:.3f}"))
    print_table(["files", "n", "before, ms", "now, ms", "now / before"], rows)


if __name__ == "__main__":
    run(main)
