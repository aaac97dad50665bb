"""The stage `evaluate`: every brand model and every extractor on the test photos."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sneakers_ml import images
from sneakers_ml.brand_model import BrandModel
from sneakers_ml.errors import BadImage, DataError
from sneakers_ml.evaluation.bootstrap import Resampling
from sneakers_ml.evaluation.report import ReportSettings, write_report
from sneakers_ml.evaluation.results import BrandResult, RetrievalRun
from sneakers_ml.evaluation.retrieval import retrieval_metrics
from sneakers_ml.features.base import unit_rows
from sneakers_ml.features.store import Features, load_features
from sneakers_ml.params import EvaluateParams
from sneakers_ml.paths import Workspace
from sneakers_ml.photo_rows import photo_rows
from sneakers_ml.progress import Report, silent

__all__ = ["evaluate"]


def evaluate(
    workspace: Workspace,
    extractors: tuple[str, ...],
    classifiers: tuple[str, ...],
    params: EvaluateParams,
    report: Report = silent,
) -> dict[str, dict[str, Any]]:
    """Write reports/metrics.json, evaluation.md and evaluation/; returns what metrics.json holds.

    Brands are judged on test photos, those of unlearnt brands by how well they are told apart. Retrieval takes each
    test photo of a learnt brand as a query in a gallery of all photos of learnt brands; another photo of the same
    model is relevant.

    Raises:
        BundleError: when a model is missing.
        DataError: when features, photos or split are missing or don't belong together.
    """
    features = {name: load_features(workspace.features, name) for name in extractors}
    photos = photo_rows(workspace, *features.values())
    brands = [
        _brand_result(BrandModel.open(workspace.brand_model(f"{extractor}-{classifier}")), features[extractor], photos)
        for extractor in extractors
        for classifier in classifiers
    ]
    runs = [_retrieval_run(name, features[name], photos) for name in extractors]
    finished: list[str] = []

    def count(name: str) -> None:
        finished.append(name)
        report(len(finished), len(brands) + len(runs))

    return write_report(
        workspace.reports,
        brands,
        runs,
        load=partial(_read, workspace.photos / "images"),
        settings=ReportSettings(Resampling(params.resamples, params.seed)),
        done=count,
    )


def _read(folder: Path, photo_id: str) -> NDArray[np.uint8]:
    file = folder / f"{photo_id}.jpg"
    try:
        return images.read(file)
    except BadImage as error:
        raise DataError(f"{file}: {error} Or run `sneakers photos` again.") from None


def _brand_result(model: BrandModel, features: Features, photos: pd.DataFrame) -> BrandResult:
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
    )


def _rows(features: Features, photos: pd.DataFrame) -> NDArray[np.float32]:
    return np.asarray(features.vectors[photos.index.to_numpy()])
