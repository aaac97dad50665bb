"""Every brand model and every extractor on the test photos, and what serves: all figures, nothing written but times."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, NonNegativeFloat

from sneakers_ml.classifiers.classifier import TrainingSet, refit_classifier
from sneakers_ml.embedding.store import Features, load_features, photo_rows
from sneakers_ml.evaluation.choosing import select
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.metrics.comparison import best_by_validation
from sneakers_ml.evaluation.metrics.label_errors import borne_out, find_label_errors
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
from sneakers_ml.features.extractor import TUNED
from sneakers_ml.files import read_json
from sneakers_ml.inference.brand_model import BrandModel, BrandModelSpec, read_model_spec
from sneakers_ml.workspace.params import Params, TrainParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["brand_models", "embedded_names", "measure"]


def brand_models(workspace: Workspace, params: Params) -> list[tuple[str, str]]:
    """Extractor and classifier of every brand model: the pairs of `train`, and fine-tuned networks that have a head."""
    pairs = [(extractor, classifier) for extractor in params.train.extractors for classifier in params.train.names]
    heads = [(f"{TUNED}{name}", "head") for name in params.finetune.names]  # a network may name brands by itself
    return pairs + [pair for pair in heads if pair not in pairs and workspace.brand_model("-".join(pair)).exists()]


def embedded_names(workspace: Workspace, params: Params) -> tuple[str, ...]:
    """Extractors whose similarity is measured: those of `embed`, and fine-tuned networks."""
    tuned = (name for name, _ in brand_models(workspace, params) if name.startswith(TUNED))
    return tuple(dict.fromkeys([*params.embed.all, *tuned]))


def measure(workspace: Workspace, params: Params, on_step: Callable[[], object] = lambda: None) -> Findings:
    """All figures of the stage.

    Args:
        workspace: with features, split and trained models.
        params: what to measure and how.
        on_step: called when a brand model or an extractor is finished, for each extractor's views, and for the choice,
            the learning curve and the check of labels.

    Raises:
        BundleError: when a model is missing or damaged.
        DataError: when features, photos or split are missing or don't belong together.
        UsageError: when `evaluate.serve` names no model.
    """
    pairs, embedded = brand_models(workspace, params), embedded_names(workspace, params)
    names = dict.fromkeys([*embedded, *(extractor for extractor, _ in pairs)])
    features = {name: load_features(workspace.features, name) for name in names}
    photos = photo_rows(workspace, *features.values())
    specs = [read_model_spec(workspace.brand_model("-".join(pair))) for pair in pairs]
    resampling = Resampling(params.evaluate.resamples, params.evaluate.seed)
    brands = [_brand_result(workspace, spec.name, features[spec.extractor], photos) for spec in specs]
    selection = select(workspace, params, specs, features, photos, resampling)
    on_step()
    views = []
    for name in embedded:
        mapped = name == selection.choice.extractor
        views.append(_view_result(name, features[name], photos, resampling, mapped=mapped))
        on_step()
    # A fine-tuned network has seen all training photos, so its curve would be flat whatever a part of them is worth.
    # It has seen their labels too, so that it cannot say which are wrong.
    fitted, curve, label_errors = [result for result in brands if not result.extractor.startswith(TUNED)], None, None
    if fitted:
        spec = read_model_spec(workspace.brand_model(best_by_validation(fitted).name))
        curve = _curve_result(spec, features[spec.extractor], photos, params.train, params.evaluate.seed)
    on_step()
    if fitted:
        serving = BrandModel.open(workspace.brand_model(selection.choice.name))
        label_errors = _label_errors(
            spec.extractor, features[spec.extractor], photos, serving, features[selection.choice.extractor]
        )
    on_step()
    searches = [_retrieval_result(name, features[name], photos) for name in embedded]
    source_of = dict(zip(photos["photo_id"], photos["source"], strict=True))
    return Findings(
        brands=brand_entries(brands, resampling, on_step),
        extractors=retrieval_entries(searches, resampling, on_step),
        selection=selection,
        by_source=figures_by_source(selection, source_of, resampling),
        views=views,
        curve=curve,
        label_errors=label_errors,
    )


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


def _label_errors(
    name: str, features: Features, photos: pd.DataFrame, serving: BrandModel, served: Features
) -> LabelErrorResult | None:
    """Of the photos of learnt brands, borne out by the model that serves; None where there are too few shoe models."""
    known = photos[photos["known"]]
    vectors, brands = features.search_rows(known.index.to_numpy()), known["brand"].to_numpy(str)
    found = find_label_errors(vectors, brands, known["group"].to_numpy())
    if found is None:
        return None
    found = borne_out(found, brands, np.array(serving.spec.labels), serving.probabilities(_rows(served, known)))
    return LabelErrorResult(name=name, weights=features.meta["weights"], found=found)


def _rows(features: Features, photos: pd.DataFrame) -> NDArray[np.float32]:
    return np.asarray(features.vectors[photos.index.to_numpy()])
