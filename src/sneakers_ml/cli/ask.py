"""The commands that ask a bundle about photos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from sneakers_ml import images
from sneakers_ml.atomic import replacing, write_atomically
from sneakers_ml.cli.answers import Asked, print_answer, print_json
from sneakers_ml.cli.output import console, warn, workspace_of
from sneakers_ml.cli.photos import expand
from sneakers_ml.errors import BadImage, UsageError
from sneakers_ml.parallel import ordered_map
from sneakers_ml.paths import Workspace
from sneakers_ml.progress import progress_bar
from sneakers_ml.serving.answer import Answer
from sneakers_ml.serving.bundle import MANIFEST
from sneakers_ml.serving.panel import Panel
from sneakers_ml.serving.picture import draw_answer
from sneakers_ml.serving.recognizer import BrandJudge, Recognizer
from sneakers_ml.serving.wanted import Wanted

__all__ = ["register"]

Photos = Annotated[list[str], typer.Argument(metavar="PHOTO...", help="Photos, folders of photos, or @list.txt.")]
Top = Annotated[int, typer.Option(min=1, max=100, help="How many similar sneakers.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Draw = Annotated[Path | None, typer.Option(help="Also save a picture of the answer; for a single photo.")]


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
    context: typer.Context,
    photos: Photos,
    top: Top = 5,
    model: Annotated[
        str | None, typer.Option(help="A trained model, such as hog-svm, instead of the bundle's.")
    ] = None,
    all_models: Annotated[
        bool, typer.Option("--all-models", help="Every trained model's answer beside the bundle's.")
    ] = False,
    as_json: AsJson = False,
    draw: Draw = None,
) -> None:
    """Name the brand of each photo, and the most similar sneakers.

    A photo that cannot be read is named with its reason; the others are answered, and the exit code is 1.

    With `--all-models` a bundle is needed only for the similar sneakers; a model that cannot be used is named with its
    reason, and the others answer.

    Example: `sneakers predict street.jpg`
    """
    if model and all_models:
        raise UsageError("--model asks one model, --all-models every one; give one of the two")
    workspace, files = workspace_of(context), expand(photos)
    judge = _judge(workspace, model) if model else None
    panel = _panel(workspace, files) if all_models else None
    recognizer = None if panel and not draw and _no_bundle(workspace) else _load(workspace, files)
    _answer_all(_Question(recognizer, top, judge=judge, panel=panel), files, as_json, draw)


def similar(
    context: typer.Context,
    photos: Photos,
    top: Top = 5,
    brand: Annotated[str | None, typer.Option(help="Of this brand only.")] = None,
    max_price: Annotated[float | None, typer.Option(min=0, help="Offered at this price or less.")] = None,
    currency: Annotated[str | None, typer.Option(help="Offers in this currency only, such as EUR.")] = None,
    as_json: AsJson = False,
    draw: Draw = None,
) -> None:
    """Find the most similar sneakers one can buy.

    Example: `sneakers similar street.jpg --brand nike --max-price 120`
    """
    workspace, files = workspace_of(context), expand(photos)
    wanted = Wanted(brand, max_price, currency) if brand or currency or max_price is not None else None
    _answer_all(_Question(_load(workspace, files), top, wanted=wanted), files, as_json, draw)


def vectors(
    context: typer.Context,
    photos: Photos,
    out: Annotated[Path, typer.Option(help="Where to write: FILE.npz with the arrays `files` and `vectors`.")],
) -> None:
    """Save the unit vectors of photos, for tools of your own."""
    workspace, files = workspace_of(context), expand(photos)
    recognizer = _load(workspace, files)
    kept: list[str] = []
    rows: list[NDArray[np.float32]] = []
    with progress_bar("vectors") as report:
        for done, (file, result) in enumerate(_vectors(recognizer, files), start=1):
            report(done, len(files))
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


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    for command in (predict, similar, vectors):
        app.command()(command)
