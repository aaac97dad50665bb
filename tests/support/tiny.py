"""A tiny workspace made by the real commands: 4 brands, 24 models, 144 drawn photos, and a bundle that answers.

Three brands are learnt, the fourth stands for what is unknown. Two shops sell them: `demo` everything in roubles,
`outlet` two of the brands in euros. `python -m tests.support.tiny FOLDER` makes one to look at; with SNEAKERS_TINY set
to such a folder, tests use it instead of making their own.
"""

from __future__ import annotations

import csv
import fcntl
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from sneakers_ml.workspace.paths import Workspace

__all__ = ["CLASSIFIERS", "EXTRACTORS", "LEARNT", "PARAMS", "TRAINED", "UNLEARNT", "Query", "Tiny", "shared_tiny"]

LEARNT = ("arvo", "brisko", "corvane")
UNLEARNT = "duskell"
EXTRACTORS = ("hog", "efficientnet_lite0", "lite0_grid", "tinynet", "sift", "concat", "colours")
TRAINED = EXTRACTORS[:-1]
CLASSIFIERS = ("svm", "sgd", "catboost", "logistic")
PARAMS = """\
photos: {longest_side: 320, jpeg_quality: 90}
split: {seed: 3, validation: 0.2, test: 0.2, brands: [Arvo, Brisko, Corvane], min_photos: 10}
embed:
  names: [hog, efficientnet_lite0, lite0_grid, tinynet, colours]
  fitted: [sift]
  joined: [concat]
  workers: 2
  chunk: 8
  hog: {side: 64}
  sift: {words: 8, components: 16, sample: 2000}
train:
  extractors: [hog, efficientnet_lite0, lite0_grid, tinynet, sift, concat]
  names: [svm, sgd, catboost, logistic]
  folds: 2
  svm: {components: 32, linear_C: [0.003, 0.01], rbf_C: [3.0]}
  sgd: {components: 32}
  logistic: {components: 32}
  catboost: {columns: 64, iterations: 20, depth: [3]}
index: {codec: fp16}
text: {width: 32, hidden: 128, dim: 64}
evaluate: {resamples: 100, serve: efficientnet_lite0-svm, milliseconds: 10000} # a busy machine changes no choice
bundle: {thumbnail_side: 128}
"""
STAGES = (
    ["import", "demo", "--source", "demo", "--manifest", "demo/manifest.csv"],
    ["import", "demo", "--source", "outlet", "--manifest", "demo/outlet.csv"],
    ["merge"],
    ["photos"],
    ["split"],
    *(["embed", name] for name in EXTRACTORS),
    *(["train", extractor, classifier] for extractor in TRAINED for classifier in CLASSIFIERS),
    ["evaluate"],
    ["index"],
    ["text"],
    ["bundle"],
)


@dataclass(frozen=True)
class Query:
    """A photo that no stage has seen, as if from a phone, and the brand it shows."""

    path: Path
    brand: str


@dataclass(frozen=True)
class Tiny:
    """The workspace, which tests only read, and the photos to ask it about."""

    workspace: Workspace

    @property
    def root(self) -> Path:
        return self.workspace.root

    def copy(self, folder: Path) -> Workspace:
        """A workspace of one's own to spoil: all but the drawn and the imported photos, and reports but the choice."""
        shutil.copytree(self.root, folder, ignore=shutil.ignore_patterns("demo", "raw", "reports"), dirs_exist_ok=True)
        copy = Workspace(folder)
        copy.reports.mkdir()
        shutil.copyfile(self.workspace.choice, copy.choice)
        return copy

    @property
    def queries(self) -> list[Query]:
        with (self.root / "demo" / "queries.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return [Query(self.root / "demo" / row["file"], row["brand"].casefold()) for row in rows]


def shared_tiny(factory: pytest.TempPathFactory) -> Tiny:
    """The workspace of this test run, made by whichever test process asks first while the others wait."""
    if home := os.environ.get("SNEAKERS_TINY"):
        return Tiny(Workspace(Path(home).resolve()))
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    root, made = shared / "tiny", shared / "tiny.log"
    with (shared / "tiny.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            result = subprocess.run(
                [sys.executable, "-m", "tests.support.tiny", str(root)],
                cwd=Path(__file__).resolve().parents[2],
                capture_output=True,
                text=True,
                check=False,
            )
            made.write_text(f"exit code {result.returncode}\n{result.stdout}{result.stderr}", encoding="utf-8")
    log = made.read_text(encoding="utf-8")
    assert log.startswith("exit code 0\n"), log
    return Tiny(Workspace(root))


def make(root: Path) -> None:
    """Draw the photos, then run every stage as the command line would, in one process to import torch once."""
    import tests.support.tinynet  # noqa: F401 - registers itself
    from demo import render_demo
    from sneakers_ml.cli.app import app

    root.mkdir(parents=True)
    os.chdir(root)
    Path("params.yaml").write_text(PARAMS, encoding="utf-8")
    render_demo(Path("demo"), brands=4, models=6, colourways=2, queries=4)
    _open_outlet(Path("demo"))
    for arguments in STAGES:
        app(arguments, standalone_mode=False)


def _open_outlet(folder: Path) -> None:
    """A second shop: the right side of what the first two brands make, at a hundredth of the number in euros."""
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["view"] == "right" and row["brand"] in ("Arvo", "Brisko")]
    with (folder / "outlet.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        for row in rows:
            price = f"{float(row['price']) / 100:.2f}"
            writer.writerow({**row, "price": price, "currency": "EUR", "url": row["url"].replace("demo.", "outlet.")})


if __name__ == "__main__":
    make(Path(sys.argv[1]).resolve())
