"""The earlier system's whole recipe against ours: quality, speed and training time, on the same photos, from one run.

    .venv/bin/python -m benchmarks.reference_recipe --workspace WORKSPACE --cache FOLDER

The earlier recipe runs as it was published, with scikit-image, OpenCV, torchvision, scikit-learn and CatBoost:
vectors in benchmarks/reference_features.py, classifiers in benchmarks/reference_grid.py. Both learn from the
workspace's training photos; there the validation photos were learnt from too, here they only compare (ours tunes
calibration and the number of CatBoost's trees on them). Test photos are those of learnt brands: of `--source`, split
by shoe model, and of every other source. Our answers are those of the trained models in models/brand; training time
is that of fitting both anew, one right after the other.

Everything is kept in `--cache` as it goes, so a run that was broken off goes on; timings are kept with what they timed.
Give another folder after a change of code.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.common import calibrate, photo_files, run
from benchmarks.reference_cache import Cache
from benchmarks.reference_grid import CLASSIFIERS
from benchmarks.reference_pairs import EXTRACTORS, EarlierVectors, Pairs
from benchmarks.reference_rows import Comparison, learnt_rows
from benchmarks.reference_speed import speeds
from benchmarks.reference_tables import Fits, print_quality, print_speeds, print_training
from sneakers_ml import images
from sneakers_ml.embedding.store import load_features
from sneakers_ml.errors import SneakersError, UsageError
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.features.extractor import load_extractor
from sneakers_ml.workspace.params import load_params
from sneakers_ml.workspace.paths import Workspace

Pair = tuple[str, str]


def _pairs(workspace: Workspace, only: Sequence[str], skip: Sequence[str]) -> Iterator[Pair]:
    """Pairs that are asked for by extractor, classifier or both; an extractor that the workspace lacks is named."""
    every = {(first, second): {first, second, f"{first}-{second}"} for first in EXTRACTORS for second in CLASSIFIERS}
    names = set().union(*every.values())
    if wrong := sorted({*only, *skip} - names):
        raise UsageError(f"no pair is called {', '.join(wrong)}; choose from {', '.join(sorted(names))}")
    present = [name for name in EXTRACTORS if name not in skip and _is_there(workspace, name)]
    for pair, its_names in every.items():
        if pair[0] in present and (not only or its_names & set(only)) and not its_names & set(skip):
            yield pair


def _is_there(workspace: Workspace, extractor: str) -> bool:
    try:
        load_features(workspace.features, extractor)
        load_extractor(workspace.extractor(extractor), threads=1)
    except SneakersError as error:
        print(f"left out: {error}")
        return False
    return True


def _fit(comparison: Comparison, pairs: Pairs, wanted: Sequence[Pair]) -> dict[Pair, Fits]:
    fits = {}
    for number, pair in enumerate(wanted, start=1):
        print(f"{number}/{len(wanted)} {comparison.shown(pair[0])}-{pair[1]}", flush=True)
        fits[pair] = fit = Fits(pairs.earlier(*pair), pairs.ours(*pair))
        for name, learnt in (("earlier", fit.earlier), ("ours", fit.ours)):
            print(f"  {name}: {learnt.seconds:.1f} s, {learnt.choice}", flush=True)
    return fits


def _speeds(
    comparison: Comparison, vectors: EarlierVectors, extractors: Sequence[str], count: int, rounds: int
) -> dict[str, dict[str, float]]:
    photos = [images.read(file) for file in photo_files(comparison.workspace.photos / "images", count)]
    rates = {}
    for name in extractors:
        print(f"speed of {comparison.shown(name)}", flush=True)
        ours = load_extractor(comparison.workspace.extractor(name), threads=1)
        measure = partial(speeds, vectors.recipe(name), ours, photos, comparison.params.embed, rounds)
        rates[comparison.shown(name)] = comparison.cache.value(f"speed-{vectors.key(name)}-{count}-{rounds}", measure)
    return rates


def main(
    workspace: Annotated[Path, typer.Option(help="Workspace with photos, split, vectors and trained models.")],
    source: Annotated[str, typer.Option(help="Source whose test photos come first.")] = "catalogue",
    cache: Annotated[Path | None, typer.Option(help="Folder where results are kept; default: a temporary one.")] = None,
    photos_for_speed: Annotated[int, typer.Option(help="0: no speeds.")] = 200,
    rounds: Annotated[int, typer.Option(help="Of the speeds.")] = 3,
    only: Annotated[list[str] | None, typer.Option(help="Extractors, classifiers or pairs, such as hog-svm.")] = None,
    skip: Annotated[list[str] | None, typer.Option(help="The same, to leave out.")] = None,
    catboost_iterations: Annotated[int, typer.Option(help="Fewer than the recipe's 1,000 for a short trial.")] = 1000,
    limit: Annotated[int | None, typer.Option(help="Photos of each side and source, for a short trial.")] = None,
    resamples: int = 1000,
    seed: int = 20,
) -> None:
    """Print the tables."""
    place = Workspace(workspace)
    wanted = list(_pairs(place, only or [], skip or []))
    if not wanted:
        raise UsageError("there is no pair to compare; embed hog, sift or resnet152 in the workspace first")
    with tempfile.TemporaryDirectory() as temporary:
        rows = learnt_rows(place, source, limit)
        kept = Cache(cache or Path(temporary), rows.identity)
        comparison = Comparison(place, load_params(place.params), rows, kept)
        vectors = EarlierVectors(comparison)
        pairs = Pairs(comparison, vectors, catboost_iterations)
        calibrate()
        print(
            f"{rows.training.sum():,} training and {rows.validation.sum():,} validation photos, kept in {kept.folder}; "
            f"CatBoost of the earlier recipe with {catboost_iterations:,} iterations"
        )
        if limit is not None:
            print("short trial: the earlier pairs learn from few photos, our trained models from all; compare nothing")
        fits = _fit(comparison, pairs, wanted)
        extractors = list(dict.fromkeys(extractor for extractor, _ in wanted))
        rates = _speeds(comparison, vectors, extractors, photos_for_speed, rounds) if photos_for_speed else {}
    calibrate()
    print()
    print_quality(comparison, fits, Resampling(resamples, seed))
    if rates:
        print_speeds(rates, comparison.params.embed.workers)
    scores = {pair: (pairs.validation_f1(fit.earlier), pairs.validation_f1(fit.ours)) for pair, fit in fits.items()}
    print_training(comparison, fits, scores)


if __name__ == "__main__":
    run(main)
