"""Is a brand recognised in shops and streets never seen? The earlier recipe against a workspace's brand models.

    .venv/bin/python -m benchmarks.transfer --photos DIR --workspace WORKSPACE

DIR holds catalogue.csv to learn from, the test sets (colourways.csv, street.csv) and brands-13.txt, a brand a line. The
earlier recipe is scikit-image's HOG (256 resize, 224 crop, 8 orientations, 8 x 8 cells, blocks of one cell: 6,272
numbers) and an SVC (C=10, rbf, unscaled), learnt from all catalogue photos of these brands. The workspace's models must
have learnt from the same shop only (split.train_sources), and of it from the training share; what is left of the
comparison is to the earlier recipe's advantage. Macro-F1 is the mean over the brands in the truth, and in a
column of its own the mean over brands in truth or prediction (scikit-learn's default). Intervals resample products, or
photos where the manifest names no product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from benchmarks.common import Labelled, earlier_crop, earlier_hog, labelled_photos, print_table, run, shown, vectors_of
from sneakers_ml import images
from sneakers_ml.brand_model import BrandModel
from sneakers_ml.errors import SneakersError, UsageError
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.metrics.classification import classification_metrics
from sneakers_ml.evaluation.metrics.results import BrandResult
from sneakers_ml.evaluation.metrics.summary import Summary, summarise_brands
from sneakers_ml.features.extractor import load_extractor
from sneakers_ml.parallel import ordered_map
from sneakers_ml.workspace.params import load_params
from sneakers_ml.workspace.paths import Workspace

Judge = Callable[[list[Path]], NDArray[np.str_]]
"""Photos to the brands that a model names."""


def _earlier_vectors(files: list[Path]) -> NDArray[np.float32]:
    return np.stack(list(ordered_map(lambda file: earlier_hog(earlier_crop(images.read(file))), files, workers=2)))


def _earlier(training: Labelled) -> Judge:
    from sklearn.svm import SVC

    classifier = SVC(C=10, kernel="rbf").fit(_earlier_vectors(training.files), training.brands)
    return lambda files: np.asarray(classifier.predict(_earlier_vectors(files)), np.str_)


def _ours(workspace: Workspace, model: BrandModel) -> Judge:
    extractor = load_extractor(workspace.extractor(model.spec.extractor), threads=1)
    labels = np.array([label.casefold() for label in model.spec.labels], np.str_)
    return lambda files: labels[model.probabilities(vectors_of(extractor, files)).argmax(axis=1)]


def _judges(workspace: Workspace, training: Labelled) -> Iterator[tuple[str, int, Judge]]:
    """Name, number of brands and judge of each model; a damaged model is named and left out."""
    yield "earlier HOG-SVC", len(np.unique(training.brands)), _earlier(training)
    folders = sorted(path.parent for path in workspace.brand_models.glob("*/model.json"))
    if not folders:
        raise UsageError(f"{workspace.brand_models}: no brand model; train one, or name its workspace with --workspace")
    for folder in folders:
        try:
            model = BrandModel.open(folder)
            yield folder.name, len(model.spec.labels), _ours(workspace, model)
        except SneakersError as error:
            print(f"left out: {error}")


def _check_split(workspace: Workspace) -> None:
    if load_params(workspace.params).split.train_sources is None:
        print(f"{workspace.params}: split.train_sources is null; the models may have learnt from the test sets")


def _summarise(photos: Labelled, predicted: NDArray[np.str_], resampling: Resampling) -> tuple[Summary, float]:
    """Figures over all photos, and scikit-learn's macro-F1; a brand that a model never learnt counts as missed."""
    labels = tuple(np.unique(np.concatenate([photos.brands, predicted])).tolist())
    union = classification_metrics(photos.brands, predicted, labels)["macro_f1_union"]
    certain = (np.asarray(labels) == predicted[:, None]).astype(np.float64)
    ids = np.array([str(file) for file in photos.files], np.str_)
    everything = np.full(len(ids), "all")
    result = BrandResult("model", labels, photos.brands, predicted, certain, photos.groups, everything, ids)
    return summarise_brands(result, resampling).all, union


def main(
    photos: Annotated[Path, typer.Option(help="Folder with catalogue.csv, the test sets and brands-13.txt.")],
    workspace: Annotated[Path, typer.Option(help="Workspace with models learnt from the catalogue only.")] = Path(),
    tests: Annotated[list[str] | None, typer.Option(help="Default: colourways, street.")] = None,
    resamples: int = 1000,
    seed: int = 20,
) -> None:
    """Print macro-F1 and accuracy of every model on every test set, with 95 % intervals."""
    listed = (photos / "brands-13.txt").read_text(encoding="utf-8").splitlines()
    brands = [line.strip().casefold() for line in listed if line.strip()]
    training = labelled_photos(photos / "catalogue.csv", brands)
    sets = {name: labelled_photos(photos / f"{name}.csv", brands) for name in tests or ["colourways", "street"]}
    _check_split(Workspace(workspace))
    resampling, rows = Resampling(resamples, seed), []
    first: dict[str, float] = {}
    for model, count, judge in _judges(Workspace(workspace), training):
        for name, test in sets.items():
            summary, union = _summarise(test, judge(test.files), resampling)
            macro, accuracy = summary.figures["macro_f1"], summary.figures["accuracy"]
            base = first.setdefault(name, macro.value)
            counts = (summary.counts["photos"], summary.counts["brands"])
            figures = (shown(macro), f"{macro.value / base:.1f}", f"{union:.3f}", shown(accuracy))
            rows.append((name, *counts, model, count, *figures))
    header = [
        "test set",
        "photos",
        "brands",
        "model",
        "learnt",
        "macro-F1",
        "times",
        "of truth or prediction",
        "accuracy",
    ]
    print_table(header, sorted(rows, key=lambda row: str(row[0])))


if __name__ == "__main__":
    run(main)
