"""The stage `evaluate`: every brand model and every extractor on the test photos."""

from __future__ import annotations

from functools import partial
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sneakers_ml import images
from sneakers_ml.brand_model import BrandModel, read_model_spec
from sneakers_ml.embedding.photo_rows import photo_rows
from sneakers_ml.embedding.store import Features, load_features
from sneakers_ml.errors import BadImage, DataError
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.metrics.comparison import best_by_validation
from sneakers_ml.evaluation.metrics.results import BrandResult, RetrievalRun
from sneakers_ml.evaluation.metrics.retrieval import retrieval_metrics
from sneakers_ml.evaluation.report.analyses import extractor_views, model_curve
from sneakers_ml.evaluation.report.costs import read_cost
from sneakers_ml.evaluation.report.report import ReportSettings, write_report
from sneakers_ml.evaluation.report.sections import Curve
from sneakers_ml.features.extractor import unit_rows
from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.workspace.params import Params
from sneakers_ml.workspace.paths import Workspace

__all__ = ["evaluate"]


def evaluate(workspace: Workspace, params: Params, on_progress: OnProgress = no_progress) -> dict[str, dict[str, Any]]:
    """Write reports/metrics.json, evaluation.md and evaluation/; returns what metrics.json holds.

    Brands are judged on test photos, those of unlearnt brands by how well they are told apart: every pair of
    `train.extractors` and `train.names`. Retrieval takes each test photo of a learnt brand as a query in a gallery of
    all photos of learnt brands; another photo of the same model is relevant. It judges every extractor of `embed`.

    Raises:
        BundleError: when a model is missing or damaged.
        DataError: when features, photos or split are missing or don't belong together.
    """
    embedded, names = params.embed.all, params.train.extractors
    features = {name: load_features(workspace.features, name) for name in dict.fromkeys((*embedded, *names))}
    photos = photo_rows(workspace, *features.values())
    pairs = [(extractor, f"{extractor}-{classifier}") for extractor in names for classifier in params.train.names]
    count = _Counter(len(pairs) + 2 * len(embedded) + 1, on_progress)
    brands = [_brand_result(workspace, name, features[extractor], photos) for extractor, name in pairs]
    best = best_by_validation(brands)
    views = []
    for name in embedded:
        views.append(extractor_views(name, features[name], photos, params.evaluate, mapped=name == best.extractor))
        count(name)
    spec = read_model_spec(workspace.brand_model(best.name))
    points = model_curve(spec, features[best.extractor], photos, params.train, params.evaluate.seed)
    count(best.name)
    return write_report(
        workspace.reports,
        brands,
        [_retrieval_run(name, features[name], photos) for name in embedded],
        views=views,
        curve=Curve(best.name, best.shown, points),
        load=partial(_read, workspace.photos / "images"),
        settings=ReportSettings(Resampling(params.evaluate.resamples, params.evaluate.seed)),
        done=count,
    )


class _Counter:
    """Counts what is finished."""

    def __init__(self, total: int, on_progress: OnProgress) -> None:
        self._done, self._total, self._on_progress = 0, total, on_progress

    def __call__(self, _name: str) -> None:
        self._done += 1
        self._on_progress(self._done, self._total)


def _read(folder: Path, photo_id: str) -> NDArray[np.uint8]:
    file = folder / f"{photo_id}.jpg"
    try:
        return images.read(file)
    except BadImage as error:
        raise DataError(f"{file}: {error} Or run `sneakers photos` again.") from None


def _brand_result(workspace: Workspace, name: str, features: Features, photos: pd.DataFrame) -> BrandResult:
    model = BrandModel.open(workspace.brand_model(name))
    test = photos[photos["split"] == "test"]
    probabilities = model.probabilities(_rows(features, test))
    return BrandResult(
        name=model.spec.name,
        labels=model.spec.labels,
        truth=test["brand"].to_numpy(str),
        predicted=np.asarray(model.spec.labels)[probabilities.argmax(axis=1)],
        probabilities=probabilities,
        groups=test["model_id"].to_numpy(str),
        sources=test["source"].to_numpy(str),
        photo_ids=test["photo_id"].to_numpy(str),
        weights=features.meta["weights"],
        val_macro_f1=model.spec.metrics.get("val_macro_f1", nan),
        cost=read_cost(workspace.train_report(name), name, model.spec.graph_bytes),
    )


def _retrieval_run(name: str, features: Features, photos: pd.DataFrame) -> RetrievalRun:
    gallery = photos[photos["known"]]
    is_query = (gallery["split"] == "test").to_numpy()
    queries = gallery[is_query]
    vectors = unit_rows(_rows(features, gallery))
    models = gallery["model_id"].to_numpy(str)
    return RetrievalRun(
        name=name,
        result=retrieval_metrics(vectors[is_query], vectors, models[is_query], models, np.flatnonzero(is_query)),
        groups=queries["model_id"].to_numpy(str),
        sources=queries["source"].to_numpy(str),
        query_ids=queries["photo_id"].to_numpy(str),
        gallery_ids=gallery["photo_id"].to_numpy(str),
        weights=features.meta["weights"],
    )


def _rows(features: Features, photos: pd.DataFrame) -> NDArray[np.float32]:
    return np.asarray(features.vectors[photos.index.to_numpy()])
