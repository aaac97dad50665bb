"""What is done by the commands that ask a bundle about photos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import typer
from numpy.typing import NDArray

from sneakers_ml import images
from sneakers_ml.cli.answers import Asked, print_answer, print_json
from sneakers_ml.cli.output import console, warn
from sneakers_ml.errors import BadImage, UsageError
from sneakers_ml.files import replacing, write_atomically
from sneakers_ml.parallel import ordered_map
from sneakers_ml.progress import progress_bar
from sneakers_ml.serving.answer import Answer
from sneakers_ml.serving.manifest import MANIFEST
from sneakers_ml.serving.panel import Panel
from sneakers_ml.serving.picture import draw_answer
from sneakers_ml.serving.recognizer import BrandJudge, Recognizer
from sneakers_ml.serving.wanted import Wanted
from sneakers_ml.workspace.paths import Workspace

__all__ = ["predict", "similar", "vectors"]


@dataclass(frozen=True)
class _Question:
    """How each photo is to be answered; without a bundle there is no recogniser, and only the panel answers."""

    recognizer: Recognizer | None
    top: int
    wanted: Wanted | None = None
    judge: BrandJudge | None = None
    panel: Panel | None = None

    def ask(self, photo: str) -> Asked:
        try:
            pixels = images.read(Path(photo), longest_side=images.QUERY_SIDE)
        except BadImage as error:
            return Asked(photo, error=str(error))
        verdicts = self.panel.verdicts(pixels) if self.panel else ()
        return Asked(photo, self._answer(pixels), tuple(verdicts))

    def _answer(self, pixels: NDArray[np.uint8]) -> Answer | None:
        if self.recognizer is None:
            return None
        return self.recognizer.answer(pixels, top=self.top, wanted=self.wanted, judge=self.judge)


def predict(
    workspace: Workspace,
    files: list[str],
    top: int,
    model: str | None,
    *,
    all_models: bool,
    as_json: bool,
    draw: Path | None,
) -> None:
    """Print brand and similar sneakers of each file; exit code 1 when one cannot be read."""
    judge = _judge(workspace, model) if model else None
    panel = _panel(workspace, files) if all_models else None
    recognizer = None if panel and not draw and _no_bundle(workspace) else _load(workspace, files)
    _answer_all(_Question(recognizer, top, judge=judge, panel=panel), files, as_json, draw)


def similar(
    workspace: Workspace, files: list[str], top: int, wanted: Wanted | None, *, as_json: bool, draw: Path | None
) -> None:
    """Print the similar sneakers of each file that are wanted; exit code 1 when one cannot be read."""
    _answer_all(_Question(_load(workspace, files), top, wanted=wanted), files, as_json, draw)


def vectors(workspace: Workspace, files: list[str], out: Path) -> None:
    """Save files and their unit vectors as an npz; exit code 1 when one cannot be read."""
    recognizer = _load(workspace, files)
    kept: list[str] = []
    rows: list[NDArray[np.float32]] = []
    with progress_bar("vectors") as on_progress:
        for done, (file, result) in enumerate(_vectors(recognizer, files), start=1):
            on_progress(done, len(files))
            if isinstance(result, BadImage):
                warn(f"{file}: {result}")
            else:
                kept.append(file)
                rows.append(result)
    table = np.stack(rows) if rows else np.empty((0, recognizer.dim), np.float32)
    with replacing(out) as target:
        np.savez(target, files=np.array(kept, np.str_), vectors=table)
    console.print(f"{len(kept)} vectors of {recognizer.dim} numbers in {out}", markup=False)
    if len(kept) < len(files):
        raise typer.Exit(1)


def _vectors(recognizer: Recognizer, files: list[str]) -> Iterator[tuple[str, NDArray[np.float32] | BadImage]]:
    def vector(file: str) -> tuple[str, NDArray[np.float32] | BadImage]:
        try:
            return file, recognizer.vector(images.read(Path(file), longest_side=images.QUERY_SIDE))
        except BadImage as error:
            return file, error

    return ordered_map(vector, files, workers=2)


def _load(workspace: Workspace, files: list[str]) -> Recognizer:
    return Recognizer.load(workspace.bundle, threads=_threads(files))


def _threads(files: list[str]) -> int:
    """One photo gets every core; of many, each gets one core and two are answered at a time."""
    return 0 if len(files) == 1 else 1


def _panel(workspace: Workspace, files: list[str]) -> Panel:
    panel = Panel.load(workspace, threads=_threads(files))
    for name, reason in panel.left_out.items():
        warn(f"{name} is left out: {reason}")
    return panel


def _no_bundle(workspace: Workspace) -> bool:
    """Whether there is none, which is said, rather than a damaged one."""
    if (workspace.bundle / MANIFEST).exists():
        return False
    warn(f"{workspace.bundle}: no bundle yet, so no similar sneakers; `dvc repro` or `sneakers bundle` builds one")
    return True


def _judge(workspace: Workspace, name: str) -> BrandJudge:
    trained = sorted(path.parent.name for path in workspace.brand_models.glob("[!.]*/model.json"))
    if name not in trained:
        raise UsageError(f"--model {name}: no such model; trained are {', '.join(trained) or 'none yet'}")
    return BrandJudge.load(workspace.brand_model(name), workspace.extractors)


def _answer_all(question: _Question, files: list[str], as_json: bool, draw: Path | None) -> None:
    if draw and len(files) != 1:
        raise UsageError(f"--draw draws one photo, not {len(files)}; ask about one")
    failed = 0
    for asked in ordered_map(question.ask, files, workers=2):
        failed += bool(asked.error)
        (print_json if as_json else print_answer)(asked)
        if draw and question.recognizer and asked.answer:
            _save_picture(question.recognizer, asked.photo, asked.answer, draw)
    if failed:
        raise typer.Exit(1)


def _save_picture(recognizer: Recognizer, photo: str, answer: Answer, target: Path) -> None:
    picture = draw_answer(images.read(Path(photo), longest_side=images.QUERY_SIDE), answer, recognizer)
    write_atomically(target, images.encode_jpeg(np.asarray(picture)))
    warn(f"picture saved as {target}")
