"""Does a photo find the other photos of its own shoe? Recall@1, 5, 10 and mAP of extractors on a manifest of products.

    .venv/bin/python -m benchmarks.retrieval --manifest DIR/colourways.csv --extractors hog

Every photo is a query and all photos are the gallery, its own left out; relevant is another photo of its product_id.
Photos without one are no queries, but stay in the gallery. Intervals resample products. Recall@1 is worked out a second
time in plain numpy, and the script fails when the two differ.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from benchmarks.common import Labelled, labelled_photos, print_table, run, shown, vectors_of
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.metrics.results import RetrievalRun
from sneakers_ml.evaluation.metrics.retrieval import retrieval_metrics
from sneakers_ml.evaluation.metrics.summary import Summary, summarise_retrieval
from sneakers_ml.features.extractor import load_extractor, unit_rows
from sneakers_ml.workspace.paths import Workspace

_FIGURES = ("recall_at_1", "recall_at_5", "recall_at_10", "map", "map_at_r")


def _plain_recall_at_1(vectors: NDArray[np.float32], groups: NDArray[np.str_]) -> float:
    """Share of photos of products with two photos or more whose nearest other photo is of the same product."""
    similarity = vectors.astype(np.float64) @ vectors.T.astype(np.float64)
    np.fill_diagonal(similarity, -np.inf)
    nearest = groups[similarity.argmax(axis=1)]
    names, counts = np.unique(groups, return_counts=True)
    asked = np.isin(groups, names[counts > 1])
    return float((nearest == groups)[asked].mean())


def _summarise(name: str, vectors: NDArray[np.float32], photos: Labelled, resampling: Resampling) -> Summary:
    files = np.array([str(file) for file in photos.files], np.str_)
    own = np.arange(len(files))
    result = retrieval_metrics(vectors, vectors, photos.groups, photos.groups, own)
    everything = np.full(len(files), "all")
    run = RetrievalRun(name, result, groups=photos.groups, sources=everything, query_ids=files, gallery_ids=files)
    return summarise_retrieval(run, resampling).all


def main(
    manifest: Annotated[Path, typer.Option(help="CSV with file, brand, product_id; files relative to it.")],
    workspace: Annotated[Path, typer.Option(help="Workspace with models/extractors.")] = Path(),
    extractors: Annotated[list[str] | None, typer.Option(help="Default: hog, efficientnet_lite0.")] = None,
    resamples: int = 1000,
    seed: int = 20,
) -> None:
    """Print the figures of each extractor with 95 % intervals."""
    photos = labelled_photos(manifest)
    rows = []
    for name in extractors or ["hog", "efficientnet_lite0"]:
        extractor = load_extractor(Workspace(workspace).extractor(name), threads=1)
        vectors = unit_rows(vectors_of(extractor, photos.files))
        summary = _summarise(name, vectors, photos, Resampling(resamples, seed))
        plain, ours = _plain_recall_at_1(vectors, photos.groups), summary.figures["recall_at_1"].value
        # Exact ties (a photo that is in the set twice) may be ordered otherwise.
        assert abs(plain - ours) < 0.002, f"{name}: recall@1 is {plain} in plain numpy, not {ours}"
        rows.append((name, *(shown(summary.figures[figure]) for figure in _FIGURES), f"{plain:.3f}"))
    counts = summary.counts
    print(f"{counts['queries']} queries of {counts['models']} products in a gallery of {len(photos.files)} photos")
    print_table(["extractor", *_FIGURES, "recall_at_1, plain numpy"], rows)


if __name__ == "__main__":
    run(main)
