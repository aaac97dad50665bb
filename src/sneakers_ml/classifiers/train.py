"""The stage `train`: a classifier on an extractor's vectors, tuned, calibrated, exported and proven equal."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, f1_score

from sneakers_ml.atomic import replacing_folder, write_atomically
from sneakers_ml.brand_model import MODEL_GRAPH, MODEL_SPEC, BrandModelSpec, file_sha256, temper
from sneakers_ml.classifiers.calibration import fit_temperature, fit_unknown_threshold
from sneakers_ml.classifiers.classical import TrainingSet, Tuned, fit_classifier
from sneakers_ml.errors import DataError
from sneakers_ml.export.classical import OPSET, check_parity, export_pipeline
from sneakers_ml.features.store import Features, load_features
from sneakers_ml.params import TrainParams
from sneakers_ml.paths import Workspace
from sneakers_ml.photo_rows import photo_rows
from sneakers_ml.progress import Report, silent

__all__ = ["TrainReport", "train"]


@dataclass(frozen=True)
class TrainReport:
    """What was chosen and how it did on validation; `parity` is the largest difference of an exported probability."""

    spec: BrandModelSpec
    parity: float


def train(
    workspace: Workspace, extractor: str, classifier: str, params: TrainParams, report: Report = silent
) -> TrainReport:
    """Write models/brand/<extractor>-<classifier>/model.onnx and model.json.

    Tuning sees the training photos only; temperature and unknown threshold come from validation; test isn't touched.

    Raises:
        DataError: when features or split are missing or belong to different photos.
        ParityError: when the exported model answers differently on a validation photo.
        UsageError: when no classifier has that name.
    """
    features = load_features(workspace.features, extractor)
    table = photo_rows(workspace, features)
    training = table[table["known"] & (table["split"] == "train")]
    validation = table[table["split"] == "val"]
    if not validation["known"].any():
        raise DataError(f"{workspace.split}: no photo to validate on; give split.validation a larger share")
    data = TrainingSet(
        features.vectors[training.index], training["brand"].to_numpy(str), training["group"].to_numpy(np.int64)
    )
    tuned = fit_classifier(classifier, data, params, report)
    digest = hashlib.sha256("".join(training["photo_id"] + training["brand"]).encode()).hexdigest()
    with replacing_folder(workspace.brand_model(f"{extractor}-{classifier}")) as folder:
        graph = folder / MODEL_GRAPH
        export_pipeline(tuned.pipeline, features.vectors.shape[1], graph)
        parity = check_parity(tuned.pipeline, graph, features.vectors[validation.index])
        temperature, threshold, metrics = _validate(tuned, features, validation)
        spec = BrandModelSpec(
            extractor=extractor,
            classifier=classifier,
            labels=tuple(map(str, tuned.pipeline.classes_)),
            dim=features.vectors.shape[1],
            temperature=temperature,
            unknown_threshold=threshold,
            choice=tuned.choice,
            metrics={"cv_macro_f1": tuned.score, **metrics},
            data_sha256=digest,
            graph_sha256=file_sha256(graph),
            graph_bytes=graph.stat().st_size,
            opset=OPSET,
        )
        write_atomically(folder / MODEL_SPEC, (spec.model_dump_json(indent=1) + "\n").encode())
    return TrainReport(spec, parity)


def _validate(tuned: Tuned, features: Features, validation: pd.DataFrame) -> tuple[float, float, dict[str, float]]:
    known = validation[validation["known"]]
    labels = list(tuned.pipeline.classes_)
    if missing := sorted(set(known["brand"]) - set(labels)):
        raise DataError(f"split: no photo to train on of {', '.join(missing)}; run `sneakers split`")
    truth = np.array([labels.index(brand) for brand in known["brand"]])
    probabilities = tuned.pipeline.predict_proba(features.vectors[known.index])
    temperature = fit_temperature(probabilities, truth)
    unknown = features.vectors[validation[~validation["known"]].index]
    unknown_confidence = (
        temper(tuned.pipeline.predict_proba(unknown), temperature).max(axis=1) if len(unknown) else np.empty(0)
    )
    threshold = fit_unknown_threshold(temper(probabilities, temperature).max(axis=1), unknown_confidence)
    predicted = probabilities.argmax(axis=1)
    metrics = {
        "val_macro_f1": float(f1_score(truth, predicted, average="macro")),
        "val_accuracy": float(accuracy_score(truth, predicted)),
    }
    return temperature, threshold, metrics
