"""One tiny demo for the whole room: 3 brands, 2 models each, 2 colourways, 3 views."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from demo import render_demo


def read_rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def read_photo(file: Path) -> NDArray[np.uint8]:
    with Image.open(file) as image:
        assert (image.format, image.mode) == ("JPEG", "RGB")
        return np.asarray(image)


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """`folder`, `result`, `rows`, `photos` (by file) and the calls of its on_progress, `reported`."""
    reported: list[tuple[int, int]] = []
    folder = tmp_path_factory.mktemp("demo") / "tiny"
    sizes = {"brands": 3, "models": 2, "colourways": 2, "queries": 4}
    result = render_demo(folder, **sizes, workers=1, on_progress=lambda *counts: reported.append(counts))
    rows = read_rows(folder / "manifest.csv")
    photos = {row["file"]: read_photo(folder / row["file"]) for row in rows}
    return SimpleNamespace(folder=folder, result=result, rows=rows, photos=photos, reported=reported)
