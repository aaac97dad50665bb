"""What the commands that ask about photos do: answer them in parallel, print tables or JSON, save pictures."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import typer
from numpy.typing import NDArray

from sneakers_ml import images
from sneakers_ml.cli.found import print_matches
from sneakers_ml.cli.output import print_json, print_line, print_table, warn
from sneakers_ml.errors import BadImage, UsageError
from sneakers_ml.files import replacing, write_atomically
from sneakers_ml.parallel import ordered_map
from sneakers_ml.progress import progress_bar
from sneakers_ml.serving.answer import Answer
from sneakers_ml.serving.brand_classifier import BrandClassifier, BrandPrediction, ExtractorPool, Query, TrainedModels
from sneakers_ml.serving.filters import EVERYTHING, ProductFilter
from sneakers_ml.serving.formatting import (
    PREDICTION_COLUMNS,
    answer_json,
    brand_line,
    brand_share,
    description_line,
    prediction_row,
    predictions_json,
)
from sneakers_ml.serving.manifest import MANIFEST
from sneakers_ml.serving.picture import draw_answer
from sneakers_ml.serving.recognizer import Recognizer
from sneakers_ml.workspace.paths import Workspace

__all__ = ["answer", "vectors"]

_PICTURES = {"": "JPEG", ".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP"}
"""Ending of a picture's name -> its format; a pipe's name has none."""


@dataclass(frozen=True)
class PhotoResult:
    """A photo with the bundle's answer and the trained models' predictions where asked for; or an error."""

    photo: str
    pixels: NDArray[np.uint8] | None = None
    answer: Answer | None = None
    predictions: tuple[BrandPrediction, ...] = ()
    error: str = ""


def answer(
    workspace: Workspace,
    files: list[str],
    top: int,
    *,
    as_json: bool,
    draw: Path | None,
    model: str | None = None,
    all_models: bool = False,
    products: ProductFilter = EVERYTHING,
) -> None:
    """Print brand and similar sneakers of each file; exit code 1 when one cannot be read.

    Args:
        workspace: where models/ is.
        files: the photos.
        top: how many similar sneakers.
        as_json: an object a line rather than tables.
        draw: where a picture of the answer goes, for a single photo.
        model: the trained model that names the brand instead of the bundle's.
        all_models: ask every trained model too.
        products: which sneakers may be answered.
    """
    if draw and len(files) != 1:
        raise UsageError(f"--draw draws one photo, not {len(files)}; ask about one")
    picture_format = _PICTURES.get(draw.suffix.lower()) if draw else None
    if draw and not picture_format:
        raise UsageError(f"--draw {draw}: pictures are saved as {', '.join(filter(None, _PICTURES))}; end its name so")
    trained = sorted(path.parent.name for path in workspace.brand_models.glob("[!.]*/model.json"))
    if model and model not in trained:
        raise UsageError(f"--model {model}: no such model; trained are {', '.join(trained) or 'none yet'}")
    without_bundle = all_models and not draw and not (workspace.bundle / MANIFEST).exists()
    recognizer = None if without_bundle else Recognizer.load(workspace.bundle, threads=_threads(files))
    bundled = recognizer.classifier if recognizer else None
    extractors = ExtractorPool(workspace.extractors, threads=_threads(files), bundled=bundled)
    classifier = BrandClassifier.load(workspace, model, extractors) if model else None
    models = TrainedModels.load(workspace, extractors) if all_models else None
    if without_bundle:
        warn(f"{workspace.bundle}: no bundle yet, so no similar sneakers; `dvc repro` or `sneakers bundle` builds one")
    for name, reason in models.left_out.items() if models else ():
        warn(f"{name} is left out: {reason}")

    def ask(photo: str) -> PhotoResult:
        try:
            query = Query(images.read(Path(photo), longest_side=images.QUERY_SIDE))
        except BadImage as error:
            return PhotoResult(photo, error=str(error))
        answered = recognizer.answer(query, top=top, products=products, classifier=classifier) if recognizer else None
        return PhotoResult(photo, query.photo, answered, tuple(models.predict(query)) if models else ())

    failed = 0
    for result in ordered_map(ask, files, workers=2):
        failed += bool(result.error)
        (_print_json if as_json else _print_result)(result)
        if draw and recognizer and result.answer and result.pixels is not None:
            picture = io.BytesIO()
            draw_answer(result.pixels, result.answer, recognizer).save(picture, picture_format, quality=92)
            write_atomically(draw, picture.getvalue())
            warn(f"picture saved as {draw}")
    if failed:
        raise typer.Exit(1)


def vectors(workspace: Workspace, files: list[str], out: Path) -> None:
    """Save files and their unit vectors as an npz; exit code 1 when one cannot be read."""
    recognizer = Recognizer.load(workspace.bundle, threads=_threads(files))

    def vector(file: str) -> NDArray[np.float32] | BadImage:
        try:
            return recognizer.vector(images.read(Path(file), longest_side=images.QUERY_SIDE))
        except BadImage as error:
            return error

    kept: list[str] = []
    rows: list[NDArray[np.float32]] = []
    with progress_bar("vectors") as on_progress:
        for done, (file, result) in enumerate(zip(files, ordered_map(vector, files, workers=2), strict=True), start=1):
            on_progress(done, len(files))
            if isinstance(result, BadImage):
                warn(f"{file}: {result}")
            else:
                kept.append(file)
                rows.append(result)
    table = np.stack(rows) if rows else np.empty((0, recognizer.dim), np.float32)
    with replacing(out) as target:
        np.savez(target, files=np.array(kept, np.str_), vectors=table)
    print_line(f"{len(rows)} vectors of {recognizer.dim} numbers in {out}")
    if len(rows) < len(files):
        raise typer.Exit(1)


def _threads(files: list[str]) -> int:
    """One photo gets every core; of many, each gets one core and two are answered at a time."""
    return 0 if len(files) == 1 else 1


def _print_json(result: PhotoResult) -> None:
    """One object on a line."""
    content: dict[str, Any] = {"photo": result.photo}
    if result.error:
        content["error"] = result.error
    if result.answer:
        content |= answer_json(result.answer)
    if result.predictions:
        content["models"] = predictions_json(result.predictions)
    print_json(content)


def _print_result(result: PhotoResult) -> None:
    """The bundle's answer on a line, the models' predictions, and the most similar sneakers."""
    if result.error:
        warn(f"{result.photo}: {result.error}")
        return
    print_line(result.photo, bold=True)
    if result.answer:
        others = ", ".join(map(brand_share, result.answer.alternatives[:3])) if result.answer.sneaker else ""
        print_line(f"  {brand_line(result.answer)}" + (f" (then {others})" if others else ""))
        if result.answer.sneaker and (words := description_line(result.answer)):
            print_line(f"  {words}")
    if result.predictions:
        print_table("", PREDICTION_COLUMNS, map(prediction_row, result.predictions))
    if not result.answer:
        return
    if result.answer.neighbours:
        columns = {"relation": lambda each: each.relation, "similarity": lambda each: f"{each.score:.3f}"}
        print_matches(result.answer.neighbours, columns)
    elif result.answer.sneaker:
        print_line("  no such sneaker in the gallery")
