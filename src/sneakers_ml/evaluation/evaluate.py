"""The stage `evaluate`: every brand model and every extractor on the test photos."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, NonNegativeFloat

from sneakers_ml import images
from sneakers_ml.classifiers.classifier import TrainingSet, refit_classifier
from sneakers_ml.embedding.store import Features, load_features, photo_rows
from sneakers_ml.evaluation.choosing import select
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.metrics.comparison import best_by_validation
from sneakers_ml.evaluation.metrics.label_errors import find_label_errors
from sneakers_ml.evaluation.metrics.learning_curve import Predict, learning_curve
from sneakers_ml.evaluation.metrics.results import (
    BrandResult,
    Cost,
    CurveResult,
    LabelErrorResult,
    RetrievalResult,
    ViewResult,
)
from sneakers_ml.evaluation.metrics.retrieval import retrieval_metrics
from sneakers_ml.evaluation.metrics.views import view_analysis
from sneakers_ml.evaluation.report.by_source import figures_by_source
from sneakers_ml.evaluation.report.findings import Findings, brand_entries, retrieval_entries
from sneakers_ml.evaluation.report.html.cards import Catalogue
from sneakers_ml.evaluation.report.html.pictures import Picture
from sneakers_ml.evaluation.report.html.render import PageData
from sneakers_ml.evaluation.report.write import write_report
from sneakers_ml.evaluation.restyle import restyled_photo
from sneakers_ml.features.extractor import TUNED, read_spec
from sneakers_ml.files import read_json, write_atomically
from sneakers_ml.inference.brand_model import BrandModel, BrandModelSpec, read_model_spec
from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.tables import read_table
from sneakers_ml.workspace.params import Params, TrainParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["evaluate"]


def evaluate(workspace: Workspace, params: Params, on_progress: OnProgress = no_progress) -> dict[str, dict[str, Any]]:
    """Write reports/metrics.json, index.html, evaluation.md, plots/ and choice.json; returns what metrics.json holds.

    Every pair of `train.extractors` and `train.names` names the brands of the test photos, and so does each fine-tuned
    network that has a head; photos of unlearnt brands show how well those are recognised as unknown. For each extractor
    of `embed` and each such network, each test photo of a learnt brand is a query in a gallery of all photos of learnt
    brands; another photo of the same model is relevant. What serves is chosen from the pairs on photos of sources that
    were not trained on (see `choosing`).

    Raises:
        BundleError: when a model is missing or damaged.
        DataError: when features, photos, split or catalogue are missing or don't belong together.
        UsageError: when `evaluate.serve` names no model.
    """
    pairs = [(extractor, classifier) for extractor in params.train.extractors for classifier in params.train.names]
    heads = [(f"{TUNED}{name}", "head") for name in params.finetune.names]  # a network may name brands by itself
    pairs += [pair for pair in heads if pair not in pairs and workspace.brand_model("-".join(pair)).exists()]
    embedded = tuple(dict.fromkeys([*params.embed.all, *(name for name, _ in pairs if name.startswith(TUNED))]))
    names = dict.fromkeys([*embedded, *(extractor for extractor, _ in pairs)])
    features = {name: load_features(workspace.features, name) for name in names}
    photos = photo_rows(workspace, *features.values())
    specs = [read_model_spec(workspace.brand_model("-".join(pair))) for pair in pairs]
    finished, total = count(1), len(pairs) + 2 * len(embedded) + 4

    def count_one() -> None:
        on_progress(next(finished), total)

    resampling = Resampling(params.evaluate.resamples, params.evaluate.seed)
    brands = [_brand_result(workspace, spec.name, features[spec.extractor], photos) for spec in specs]
    selection = select(workspace, params, specs, features, photos, resampling)
    count_one()
    serving = selection.choice.extractor
    views = []
    for name in embedded:
        views.append(_view_result(name, features[name], photos, resampling, mapped=name == serving))
        count_one()
    # A fine-tuned network has seen all training photos, so its curve would be flat whatever a part of them is worth.
    # It has seen their labels too, so that it cannot say which are wrong.
    fitted, curve, label_errors = [result for result in brands if not result.extractor.startswith(TUNED)], None, None
    if fitted:
        spec = read_model_spec(workspace.brand_model(best_by_validation(fitted).name))
        curve = _curve_result(spec, features[spec.extractor], photos, params.train, params.evaluate.seed)
        count_one()
        label_errors = _label_errors(spec.extractor, features[spec.extractor], photos)
    count_one()
    searches = [_retrieval_result(name, features[name], photos) for name in embedded]
    findings = Findings(
        brands=brand_entries(brands, resampling, count_one),
        extractors=retrieval_entries(searches, resampling, count_one),
        selection=selection,
        by_source=figures_by_source(selection, photos.set_index("photo_id")["source"], resampling),
        views=views,
        curve=curve,
        label_errors=label_errors,
    )
    document = write_report(workspace.reports, findings, _page_data(workspace, params, photos, serving, resampling))
    count_one()
    write_atomically(workspace.choice, (selection.choice.model_dump_json(indent=1) + "\n").encode())
    return document


def _brand_result(workspace: Workspace, name: str, features: Features, photos: pd.DataFrame) -> BrandResult:
    model = BrandModel.open(workspace.brand_model(name))
    test = photos[photos["split"] == "test"]
    return BrandResult(
        name=name,
        weights=features.meta["weights"],
        labels=model.spec.labels,
        truth=test["brand"].to_numpy(str),
        probabilities=model.probabilities(_rows(features, test)),
        groups=test["model_id"].to_numpy(str),
        sources=test["source"].to_numpy(str),
        photo_ids=test["photo_id"].to_numpy(str),
        val_macro_f1=model.spec.metrics.get("val_macro_f1", np.nan),
        cost=_cost(workspace.train_report(name), model.spec),
    )


class _TrainReport(BaseModel):
    """What training leaves in reports/train/<model>.json; it may say more."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    tune_seconds: NonNegativeFloat
    fit_seconds: NonNegativeFloat
    predict_ms: NonNegativeFloat


def _cost(train_report: Path, spec: BrandModelSpec) -> Cost:
    """Size and, where there is a report of the training, times."""
    if not train_report.exists():
        return Cost(size=spec.graph_bytes)
    took = read_json(train_report, _TrainReport, f"sneakers train {spec.extractor} {spec.classifier}")
    return Cost(took.tune_seconds + took.fit_seconds, took.predict_ms, spec.graph_bytes)


def _retrieval_result(name: str, features: Features, photos: pd.DataFrame) -> RetrievalResult:
    gallery = photos[photos["known"]]
    is_query = (gallery["split"] == "test").to_numpy()
    queries = gallery[is_query]
    vectors, models = features.search_rows(gallery.index.to_numpy()), gallery["model_id"].to_numpy(str)
    return RetrievalResult(
        name=name,
        weights=features.meta["weights"],
        metrics=retrieval_metrics(vectors[is_query], vectors, models[is_query], models, np.flatnonzero(is_query)),
        groups=queries["model_id"].to_numpy(str),
        sources=queries["source"].to_numpy(str),
        query_ids=queries["photo_id"].to_numpy(str),
        gallery_ids=gallery["photo_id"].to_numpy(str),
    )


def _view_result(
    name: str, features: Features, photos: pd.DataFrame, resampling: Resampling, *, mapped: bool
) -> ViewResult:
    """Of the photos of learnt brands; only a `mapped` one takes time for a map."""
    known = photos[photos["known"]]
    size = {} if mapped else {"mapped": 0}
    analysis = view_analysis(features.search_rows(known.index.to_numpy()), known, resampling, **size)
    return ViewResult(name=name, weights=features.meta["weights"], analysis=analysis)


def _curve_result(
    spec: BrandModelSpec, features: Features, photos: pd.DataFrame, params: TrainParams, seed: int
) -> CurveResult:
    """Of a model's classifier with the settings it was tuned to, on parts of its training photos."""
    known = photos[photos["known"]]
    training, test = known[known["split"] == "train"], known[known["split"] == "test"]
    learnt, validation = (TrainingSet.of(features, known[known["split"] == side]) for side in ("train", "val"))

    def fit(rows: NDArray[np.int64]) -> Predict:
        fitted = refit_classifier(spec.classifier, dict(spec.choice), learnt.rows(rows), validation, params)
        # As the served model answers: the brand of highest probability, which an SVM's votes may contradict.
        return lambda vectors: np.asarray(fitted.classes_)[fitted.predict_proba(vectors).argmax(axis=1)]

    points = learning_curve(fit, training, _rows(features, test), test["brand"].to_numpy(str), seed=seed)
    return CurveResult(name=spec.name, weights=features.meta["weights"], points=points)


def _label_errors(name: str, features: Features, photos: pd.DataFrame) -> LabelErrorResult | None:
    """Of the photos of learnt brands; None where there are too few shoe models to hold any out."""
    known = photos[photos["known"]]
    vectors = features.search_rows(known.index.to_numpy())
    found = find_label_errors(vectors, known["brand"].to_numpy(str), known["group"].to_numpy())
    return None if found is None else LabelErrorResult(name=name, weights=features.meta["weights"], found=found)


def _page_data(
    workspace: Workspace, params: Params, photos: pd.DataFrame, extractor: str, resampling: Resampling
) -> PageData:
    """What index.html shows beside the findings; `extractor` serves."""

    def load(picture: Picture) -> NDArray[np.uint8]:
        if picture.restyled:
            return restyled_photo(workspace, picture.photo_id, params.evaluate.seed)
        return images.read_stored(workspace.photos / "images" / f"{picture.photo_id}.jpg")

    tables = (workspace.listings, workspace.products, workspace.set_aside)
    catalogue = Catalogue(*(read_table(path, "merge") for path in tables))
    return PageData(photos, catalogue, read_spec(workspace.extractor(extractor)), params, resampling, load)


def _rows(features: Features, photos: pd.DataFrame) -> NDArray[np.float32]:
    return np.asarray(features.vectors[photos.index.to_numpy()])
