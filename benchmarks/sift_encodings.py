"""How should SIFT descriptors become one vector? Validation macro-F1 of encodings, numbers of words, and place.

    .venv/bin/python -m benchmarks.sift_encodings --workspace WORKSPACE

Each row fits a codebook on the workspace's training photos, embeds training and validation photos, and trains the
logistic regression of `sneakers train` on the former. `place` is the weight of a patch's place within the shoe; 0
leaves it out. What is not listed is as in params.yaml. A codebook starts from chance, so each kind is fitted with
several seeds: differences within their span, some .04, say nothing.

On 1,014 training and 342 validation photos of 13 brands (mean of three seeds, without place and with it at 12):

    bow, 32 words     .314  .312
    bow, 64 words     .352  .364
    vlad, 32 words    .593  .579
    vlad, 64 words    .571  .613
    fisher, 32 words  .587  .638
    fisher, 64 words  .609  .634

So params.yaml takes Fisher vectors, which hold means and variances where counts hold neither, and place. On a
detector's keypoints, which were described before the grid, Fisher vectors of 64 words had .405 and .427.
"""

from __future__ import annotations

import tempfile
import time
from itertools import product
from pathlib import Path
from typing import Annotated, Literal, get_args

import numpy as np
import typer
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from benchmarks.common import calibrate, print_table, run, vectors_of
from benchmarks.reference_rows import Rows, learnt_rows
from sneakers_ml.classifiers.registry import fit_classifier
from sneakers_ml.classifiers.tuning import TrainingSet
from sneakers_ml.embedding.codebook import fit_codebook
from sneakers_ml.features.sift import Sift
from sneakers_ml.onnx_session import OnnxSession
from sneakers_ml.progress import no_progress
from sneakers_ml.workspace.params import SiftParams, TrainParams, load_params
from sneakers_ml.workspace.paths import Workspace

Encoding = Literal["bow", "vlad", "fisher"]

_ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)


def _vectors(rows: Rows, params: SiftParams) -> NDArray[np.float32]:
    """(n, d) of all photos, from a codebook of the training photos."""
    training = [file for file, learn in zip(rows.files, rows.training, strict=True) if learn]
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "model.onnx"
        dim = fit_codebook(training, params, graph)
        sift = Sift(OnnxSession(graph, threads=1), dim=dim, **params.grid, place=params.place)
        return vectors_of(sift, rows.files)


def _score(rows: Rows, settings: SiftParams, params: TrainParams) -> tuple[float, int]:
    """Macro-F1 on validation, and the length of a vector."""
    vectors, groups = _vectors(rows, settings), rows.table["group"].to_numpy(np.int64)
    training, validation = (
        TrainingSet(vectors[side], rows.brands[side], groups[side]) for side in (rows.training, rows.validation)
    )
    pipeline = fit_classifier("logistic", training, validation, params, no_progress).pipeline
    named = np.asarray(pipeline.classes_)[pipeline.predict_proba(validation.vectors).argmax(axis=1)]
    return float(f1_score(validation.brands, named, average="macro")), vectors.shape[1]


def main(
    workspace: Annotated[Path, typer.Option(help="Workspace with photos and split.")],
    source: Annotated[str, typer.Option(help="Source that was learnt from.")] = "catalogue",
    encodings: Annotated[list[str] | None, typer.Option(help="Default: bow, vlad, fisher.")] = None,
    words: Annotated[list[int] | None, typer.Option(help="Default: 32, 64, 128.")] = None,
    places: Annotated[list[float] | None, typer.Option(help="Default: 0, and that of params.yaml.")] = None,
    seeds: Annotated[int, typer.Option(help="Codebooks fitted of each kind.")] = 3,
    limit: Annotated[int | None, typer.Option(help="Photos of each side and source, for a short trial.")] = None,
) -> None:
    """Print the table, a row as soon as it is known."""
    home = Workspace(workspace)
    params = load_params(home.params)
    rows = learnt_rows(home, source, limit)
    rows = rows.where(rows.training | rows.validation)
    calibrate()
    print(f"{rows.training.sum():,} training and {rows.validation.sum():,} validation photos")
    lines = []
    weights = places or list(dict.fromkeys([0.0, params.embed.sift.place]))
    for encoding, count, place in product(encodings or _ENCODINGS, words or [32, 64, 128], weights):
        changed = {"encoding": encoding, "words": count, "place": place}
        settings = SiftParams.model_validate(params.embed.sift.model_dump() | changed)
        started = time.perf_counter()
        found = [_score(rows, settings.model_copy(update={"seed": seed}), params.train) for seed in range(seeds)]
        seconds = (time.perf_counter() - started) / seeds
        scores = [score for score, _ in found]
        mean, span = f"{np.mean(scores):.3f}", f"{min(scores):.3f} to {max(scores):.3f}"
        lines.append((encoding, count, f"{place:g}", f"{found[0][1]:,}", mean, span, f"{seconds:.0f}"))
        print(f"  {encoding}, {count} words, place {place:g}: {mean}", flush=True)
    print_table(["encoding", "words", "place", "numbers", "macro-F1", "of seeds", "seconds each"], lines)
    calibrate()


if __name__ == "__main__":
    run(main)
