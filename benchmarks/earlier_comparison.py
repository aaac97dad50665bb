"""The earlier system's recipe against ours: quality, speed and training time, on the same photos, from one run.

    .venv/bin/python -m benchmarks.earlier_comparison --workspace WORKSPACE --cache FOLDER

`benchmarks/earlier_recipe.py` is what that system did. Both learn from the workspace's training photos; there the
validation photos were learnt from too, here they only compare (ours tunes calibration and the number of CatBoost's
trees on them). Test photos are those of learnt brands: of `--source`, split by shoe model, and of every other source.
Compared are the pairs that the workspace has trained: our answers are those of models/brand, training time is that of
fitting both anew, one right after the other. The earlier CatBoost takes long: 400 trees on HOG took 16 minutes.

Vectors and fits are kept in `--cache` with their seconds, so a run that was broken off goes on. Name another folder
after a change of code.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from joblib import Memory
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from benchmarks import earlier_recipe
from benchmarks.common import brand_intervals, calibrate, photo_files, predict, print_table, run, seconds_by_name, shown
from benchmarks.earlier_recipe import CLASSIFIERS, EXTRACTORS, Fit, Photo, Recipe
from sneakers_ml import images
from sneakers_ml.classifiers.classifier import TrainingSet, fit_classifier
from sneakers_ml.embedding.store import load_features, photo_rows
from sneakers_ml.errors import UsageError
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.extractor import UNTRAINED, load_extractor, read_spec, shown_name
from sneakers_ml.features.hog import Hog
from sneakers_ml.inference.brand_model import BrandModel
from sneakers_ml.parallel import ordered_map
from sneakers_ml.workspace.params import EmbedParams, TrainParams, load_params
from sneakers_ml.workspace.paths import Workspace

_BEST_EARLIER = ("hog", "svm")

Pair = tuple[str, str]
"""Extractor and classifier."""


@dataclass(frozen=True)
class Rows:
    """The photos of learnt brands; `table` is indexed by the row of a photo's vector in the workspace's features."""

    workspace: Workspace
    table: pd.DataFrame

    @property
    def brands(self) -> NDArray[np.str_]:
        return self.table["brand"].to_numpy(str)

    def files(self, chosen: NDArray[np.bool_] | slice = slice(None)) -> list[Path]:
        return [self.workspace.photos / file for file in self.table["file"][chosen]]

    def side(self, name: str) -> NDArray[np.bool_]:
        """(n,) photos of train, val or test."""
        return (self.table["split"] == name).to_numpy()

    def vectors(self, extractor: str) -> NDArray[np.float32]:
        """(n, d) ours."""
        features = load_features(self.workspace.features, extractor)
        return np.asarray(features.vectors[self.table.index.to_numpy()])

    def title(self, pair: Pair) -> str:
        """Name of a pair, and whether its network is untrained."""
        return f"{shown_name(pair[0], read_spec(self.workspace.extractor(pair[0])).weights)}-{pair[1]}"


def test_sets(rows: Rows, source: str) -> dict[str, NDArray[np.bool_]]:
    """Name -> (n,) photos: the source's own test photos, those of each other source, and of all others together."""
    test, sources = rows.side("test"), rows.table["source"].to_numpy(str)
    own, others = test & (sources == source), sorted(set(sources[test]) - {source})
    if not own.any():
        raise UsageError(f"no test photo is of source {source!r}; choose with --source from {', '.join(others)}")
    sets = {f"{source}, test": own} | {name: test & (sources == name) for name in others}
    return sets | ({"other sources": test & ~own} if len(others) > 1 else {})


# Learning, theirs and ours


def fit_ours(
    classifier: str, data: TrainingSet, training: NDArray[np.bool_], validation: NDArray[np.bool_], params: TrainParams
) -> Fit:
    """Tune and fit as the stage `train` does, then name the brands of all photos."""
    started = time.perf_counter()
    tuned = fit_classifier(classifier, data.rows(training), data.rows(validation), params)
    return Fit(tuned.choice, time.perf_counter() - started, predict(tuned.fitted, data.vectors))


def earlier_recipes(rows: Rows, extractors: Sequence[str], memory: Memory) -> dict[str, Recipe]:
    """How the earlier system makes the vectors of each extractor."""
    recipes: dict[str, Recipe] = {}
    for name in extractors:
        if name == "hog":
            recipes[name] = earlier_recipe.hog_vectors
        elif name == "sift":
            words = memory.cache(earlier_recipe.sift_words)(rows.files(rows.side("train")))
            recipes[name] = partial(earlier_recipe.sift_vectors, words=words)
        else:
            trained = read_spec(rows.workspace.extractor(name)).weights != UNTRAINED
            recipes[name] = partial(earlier_recipe.resnet152_vectors, trained=trained)
    return recipes


def fit_both(
    rows: Rows, pairs: Sequence[Pair], recipes: Mapping[str, Recipe], params: TrainParams, trees: int, memory: Memory
) -> dict[Pair, tuple[Fit, Fit]]:
    """Each pair as the earlier system fits it and as we do, on the same training photos."""
    jobs = (earlier_recipe.vectors_of_files, earlier_recipe.fit_classifier, fit_ours)
    vectors_of, fit_earlier, fit_here = map(memory.cache, jobs)
    training, validation, groups = rows.side("train"), rows.side("val"), rows.table["group"].to_numpy(np.int64)
    fits = {}
    for number, (extractor, classifier) in enumerate(pairs, start=1):
        print(f"{number}/{len(pairs)} {extractor}-{classifier}", flush=True)
        theirs, ours = vectors_of(recipes[extractor], rows.files()), rows.vectors(extractor)
        fits[extractor, classifier] = both = (
            fit_earlier(classifier, theirs, rows.brands, training, trees if classifier == "catboost" else 0),
            fit_here(classifier, TrainingSet(ours, rows.brands, groups), training, validation, params),
        )
        for name, fit in zip(("earlier", "ours"), both, strict=True):
            print(f"  {name}: {fit.seconds:.1f} s, {fit.choice}", flush=True)
    return fits


# The tables


def print_quality(rows: Rows, source: str, fits: Mapping[Pair, tuple[Fit, Fit]], resampling: Resampling) -> None:
    """A table a test set: macro-F1 and accuracy of each pair, and of our trained model of that name."""
    trained = [BrandModel.open(path.parent) for path in sorted(rows.workspace.brand_models.glob("*/model.json"))]
    ours: dict[Pair, NDArray[np.str_]] = {}
    for model in trained:
        places = model.probabilities(rows.vectors(model.spec.extractor)).argmax(axis=1)
        ours[model.spec.extractor, model.spec.classifier] = np.asarray(model.spec.labels)[places]
    compared = [(rows.title(pair), earlier.named, ours[pair]) for pair, (earlier, _) in fits.items()]
    if _BEST_EARLIER in fits:
        spec = max(trained, key=lambda model: model.spec.metrics["val_macro_f1"]).spec
        best = spec.extractor, spec.classifier
        title = f"best on validation, {rows.title(best)}, against {'-'.join(_BEST_EARLIER)}"
        compared.append((title, fits[_BEST_EARLIER][0].named, ours[best]))
    models = rows.table["model_id"].to_numpy(str)
    for name, chosen in test_sets(rows, source).items():
        lines = []
        for title, *named in compared:
            answers = [one[chosen] for one in named]
            figures = brand_intervals(rows.brands[chosen], answers, models[chosen], resampling)
            cells = (c for theirs, own, gap in figures.values() for c in (shown(theirs), shown(own), shown(gap, "+")))
            lines.append((title, *cells))
        counts = f"{name}: {chosen.sum():,} photos, {len(np.unique(rows.brands[chosen]))} brands"
        columns = ("earlier", "ours", "difference")
        print_table([counts, *(f"macro-F1: {x}" for x in columns), *(f"accuracy: {x}" for x in columns)], lines)
        print()
    print("intervals resample shoe models; differences are taken within each resample\n")


def print_speeds(
    rows: Rows, recipes: Mapping[str, Recipe], photos: Sequence[Photo], params: EmbedParams, rounds: int
) -> None:
    """Photos a second, the median of rounds in which both take their turn.

    The earlier recipe goes as it did: one process, one photo after another (ResNet152 in batches of 64), with as many
    threads inside a call as its libraries like. Ours finds the shoe and cuts it, and takes chunks of photos on
    `params.workers` threads, each call on one. Our HOG at the earlier settings is also timed alone, on one thread.
    """
    chunks = [photos[start : start + params.chunk] for start in range(0, len(photos), params.chunk)]

    def ours(name: str) -> Callable[[], object]:
        extractor = load_extractor(rows.workspace.extractor(name), threads=1)

        def embed(chunk: Sequence[Photo]) -> NDArray[np.float32]:
            return extractor.transform([cut(photo, shoe_region(photo)) for photo in chunk])

        return lambda: list(ordered_map(embed, chunks, workers=params.workers))

    crops = [earlier_recipe.central_crop(photo) for photo in photos]
    hog = Hog(side=224, orientations=8, cell=8, block=1)
    jobs = {name: (partial(recipe, photos), ours(name)) for name, recipe in recipes.items()}
    alone = "HOG of a crop, both at the earlier settings"
    jobs[alone] = lambda: [earlier_recipe.hog_vector(crop) for crop in crops], lambda: hog.transform(crops)
    lines = []
    for name, (earlier, own) in jobs.items():
        taken = seconds_by_name({"earlier": earlier, "ours": own}, rounds)
        rates = (f"{len(photos) / seconds:.1f}" for seconds in taken.values())
        lines.append((name, *rates, f"{taken['earlier'] / taken['ours']:.1f}"))
    print_table(["photos/s, from decoded photo to vector", "earlier", "ours", "times faster"], lines)
    furthest = max(np.abs(hog.transform([crop])[0] - earlier_recipe.hog_vector(crop)).max() for crop in crops[:50])
    print(f"{params.workers} workers of ours; at the earlier settings its HOG differs by {furthest:.1e} at most\n")


def print_training(rows: Rows, fits: Mapping[Pair, tuple[Fit, Fit]]) -> None:
    """Seconds and validation macro-F1 of each pair, and the seconds of all."""
    chosen = rows.side("val")
    titles, seconds, scores = [], [], []
    for pair, both in fits.items():
        titles.append(rows.title(pair))
        seconds.append([fit.seconds for fit in both])
        scores.append([f"{f1_score(rows.brands[chosen], fit.named[chosen], average='macro'):.3f}" for fit in both])
    titles.append(f"all {len(fits)} pairs")
    times = [
        (f"{theirs:.1f}", f"{ours:.1f}", f"{theirs / ours:.1f}") for theirs, ours in [*seconds, np.sum(seconds, axis=0)]
    ]
    print_table(
        ["training", "earlier s", "ours s", "times faster", "val. macro-F1: earlier", "ours"],
        [(title, *time, *score) for title, time, score in zip(titles, times, [*scores, ("", "")], strict=True)],
    )


def main(
    workspace: Annotated[Path, typer.Option(help="Workspace with photos, split, vectors and trained models.")],
    source: Annotated[str, typer.Option(help="Source whose test photos come first.")] = "catalogue",
    cache: Annotated[Path | None, typer.Option(help="Folder where vectors and fits are kept; default: none.")] = None,
    photos_for_speed: Annotated[int, typer.Option(help="0: no speeds.")] = 200,
    rounds: Annotated[int, typer.Option(help="Of the speeds.")] = 3,
    extractors: Annotated[list[str] | None, typer.Option(help="Default: hog, sift, resnet152.")] = None,
    classifiers: Annotated[list[str] | None, typer.Option(help="Default: svm, sgd, catboost, logistic.")] = None,
    trees: Annotated[int, typer.Option(help="Of the earlier CatBoost; fewer than its 1,000 for a trial.")] = 1000,
    limit: Annotated[
        int | None, typer.Option(help="Photos of each brand, side and source: a trial to compare nothing.")
    ] = None,
    resamples: int = 1000,
    seed: int = 20,
) -> None:
    """Print the tables."""
    place, memory = Workspace(workspace), Memory(cache, verbose=0)
    pairs = list(product(extractors or EXTRACTORS, classifiers or CLASSIFIERS))
    pairs = [pair for pair in pairs if place.brand_model("-".join(pair)).exists()]
    if not pairs:
        raise UsageError(f"{place.brand_models}: holds none of the pairs; run `sneakers embed` and `sneakers train`")
    params, table = load_params(place.params), photo_rows(place)
    table = table[table["known"]]
    if limit is not None:
        table = table.groupby(["split", "source", "brand"], sort=False).head(limit)
    rows = Rows(place, table)
    test_sets(rows, source)
    calibrate()
    counts = [f"{rows.side(side).sum():,} {name}" for side, name in (("train", "training"), ("val", "validation"))]
    print(f"{' and '.join(counts)} photos; the earlier CatBoost has {trees:,} trees")
    recipes = earlier_recipes(rows, list(dict.fromkeys(extractor for extractor, _ in pairs)), memory)
    fits = fit_both(rows, pairs, recipes, params.train, trees, memory)
    print()
    print_quality(rows, source, fits, Resampling(resamples, seed))
    if photos_for_speed:
        photos = [images.read(file) for file in photo_files(place.photos / "images", photos_for_speed)]
        print_speeds(rows, recipes, photos, params.embed, rounds)
    print_training(rows, fits)
    calibrate()


if __name__ == "__main__":
    run(main)
