"""What do a workspace's models reach on photos that it never had? Brands and similar sneakers, on manifests.

    .venv/bin/python -m benchmarks.unseen DIR/colourways.csv DIR/street.csv --workspace WORKSPACE

A manifest is a CSV as `sneakers import` takes it. Every trained model names the brand of the photos whose brands it
has learnt; macro-F1 is the mean over the brands in the truth. Every extractor of those models then ranks all photos of
the manifest for each of them; found is another photo of its product_id. A photo without one, or the only one of its
product, asks nothing, but can be found. Intervals resample products, or photos where the manifest names none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.common import brand_intervals, labelled_photos, print_table, run, shown, vectors_of
from sneakers_ml.errors import UsageError
from sneakers_ml.evaluation.metrics.bootstrap import Resampling, mean_intervals
from sneakers_ml.evaluation.metrics.retrieval import retrieval_metrics
from sneakers_ml.features.extractor import load_extractor, read_spec
from sneakers_ml.inference.brand_model import BrandModel
from sneakers_ml.workspace.paths import Workspace


def main(
    manifests: Annotated[list[Path], typer.Argument(help="CSVs with file, brand and perhaps product_id.")],
    workspace: Annotated[Path, typer.Option(help="Workspace with trained models.")] = Path(),
    extractors: Annotated[list[str] | None, typer.Option(help="Default: those of all trained models.")] = None,
    resamples: int = 1000,
    seed: int = 20,
) -> None:
    """Print a table of brands and one of similar sneakers for each manifest."""
    home, resampling = Workspace(workspace), Resampling(resamples, seed)
    models = [BrandModel.open(path.parent) for path in sorted(home.brand_models.glob("*/model.json"))]
    names = extractors or sorted({model.spec.extractor for model in models})
    if not names:
        raise UsageError(f"{home.brand_models}: no brand model; train one, or name its workspace with --workspace")
    for manifest in manifests:
        photos = labelled_photos(manifest)
        brands, searches = [], []
        for name in names:
            spec = read_spec(home.extractor(name))
            vectors = vectors_of(load_extractor(home.extractor(name), threads=1), photos.files)
            for model in (model for model in models if model.spec.extractor == name):
                labels = np.char.lower(np.array(model.spec.labels, np.str_))
                learnt = np.isin(photos.brands, labels)
                if not learnt.any():
                    continue
                named = labels[model.probabilities(vectors[learnt]).argmax(axis=1)]
                found = brand_intervals(photos.brands[learnt], [named], photos.groups[learnt], resampling)
                brands.append((model.spec.name, learnt.sum(), *(shown(figures[0]) for figures in found.values())))
            rows = spec.search_rows(vectors)
            result = retrieval_metrics(rows, rows, photos.groups, photos.groups, np.arange(len(rows)))
            if result.evaluated.any():
                groups = photos.groups[result.evaluated]
                columns = dict(enumerate((*result.hits.T, result.average_precision)))
                figures = mean_intervals(columns, groups, resampling).values()
                searches.append((name, len(groups), *map(shown, figures)))
        print(f"{manifest.name}: {len(photos.files):,} photos, {len(np.unique(photos.groups)):,} products")
        print_table(["brands", "photos", "macro-F1", "accuracy"], brands)
        if searches:
            print_table(["similar", "queries", "recall@1", "recall@5", "recall@10", "mAP"], searches)
        print()


if __name__ == "__main__":
    run(main)
