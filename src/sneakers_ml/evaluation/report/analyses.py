"""The analyses of a workspace's vectors and photos that the report shows beside the figures of its models."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sneakers_ml.brand_model import BrandModelSpec
from sneakers_ml.classifiers.registry import refit_classifier
from sneakers_ml.classifiers.tuning import TrainingSet
from sneakers_ml.embedding.store import Features
from sneakers_ml.evaluation.metrics.learning_curve import CurvePoint, Predict, learning_curve
from sneakers_ml.evaluation.metrics.views import view_analysis
from sneakers_ml.evaluation.report.sections import Views
from sneakers_ml.workspace.params import EvaluateParams, TrainParams

__all__ = ["extractor_views", "model_curve"]


def extractor_views(
    name: str, features: Features, photos: pd.DataFrame, params: EvaluateParams, *, mapped: bool
) -> Views:
    """Neighbours of the photos of learnt brands by brand, view and source; only a `mapped` one takes time for a map."""
    known = photos[photos["known"]]
    vectors = np.asarray(features.vectors[known.index.to_numpy()])
    size = {} if mapped else {"mapped": 0}
    analysis = view_analysis(vectors, known, params.seed, resamples=params.resamples, **size)
    return Views(name, features.meta["weights"], analysis, mapped)


def model_curve(
    spec: BrandModelSpec,
    features: Features,
    photos: pd.DataFrame,
    params: TrainParams,
    seed: int,
) -> list[CurvePoint]:
    """The learning curve of a model: its classifier with its settings on parts of its training photos."""
    known = photos[photos["known"]]
    training, validation, test = (known[known["split"] == side] for side in ("train", "val", "test"))
    learnt, judges = _training_set(features, training), _training_set(features, validation)

    def fit(rows: NDArray[np.int64]) -> Predict:
        part = TrainingSet(learnt.vectors[rows], learnt.brands[rows], learnt.groups[rows])
        pipeline = refit_classifier(spec.classifier, dict(spec.choice), part, judges, params)
        # As the served model answers: the brand of highest probability, which an SVM's votes may contradict.
        return lambda vectors: np.asarray(pipeline.classes_[pipeline.predict_proba(vectors).argmax(axis=1)])

    vectors = np.asarray(features.vectors[test.index.to_numpy()])
    return learning_curve(fit, training, vectors, test["brand"].to_numpy(str), seed=seed)


def _training_set(features: Features, photos: pd.DataFrame) -> TrainingSet:
    rows = photos.index.to_numpy()
    return TrainingSet(
        np.asarray(features.vectors[rows]), photos["brand"].to_numpy(str), photos["group"].to_numpy(np.int64)
    )
