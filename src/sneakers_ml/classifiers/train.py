"""The stage `train`: a classifier on an extractor's vectors, tuned, calibrated, exported and proven equal."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, field
from statistics import median

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, f1_score

from sneakers_ml.classifiers.calibration import fit_temperature, fit_unknown_threshold, source_weights
from sneakers_ml.classifiers.classifier import Fitted, TrainingSet, fit_classifier, make_classifier
from sneakers_ml.classifiers.export import check_parity
from sneakers_ml.embedding.store import Features, load_features, photo_rows
from sneakers_ml.errors import DataError
from sneakers_ml.files import file_sha256, replacing_folder, write_atomically
from sneakers_ml.inference.brand_model import MODEL_GRAPH, MODEL_SPEC, BrandModelSpec, temper
from sneakers_ml.inference.session import OnnxSession
from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.workspace.params import TrainParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["TrainResult", "train"]

_PREDICTIONS = 50


@dataclass(frozen=True)
class TrainResult:
    """What was chosen and how it did on validation; `parity` is the largest difference of an exported probability.

    What it took has no part in equality: `costs` are the seconds of tuning and of fitting, the milliseconds of one
    vector's probabilities on one thread and the graph's bytes. `weights` are the extractor's.
    """

    spec: BrandModelSpec
    parity: float
    weights: str
    costs: dict[str, float] = field(compare=False)


def train(
    workspace: Workspace, extractor: str, classifier: str, params: TrainParams, on_progress: OnProgress = no_progress
) -> TrainResult:
    """Write models/brand/<extractor>-<classifier>/model.onnx and model.json, and what it took to reports/train/.

    Tuning sees the training photos only; when to stop, temperature and unknown threshold come from validation; test
    isn't touched.

    Raises:
        DataError: when features or split are missing or belong to different photos.
        ParityError: when the exported model answers differently on a validation photo.
        UsageError: when no classifier has that name.
    """
    chosen = make_classifier(classifier, params)
    features = load_features(workspace.features, extractor)
    table, dim = photo_rows(workspace, features), features.vectors.shape[1]
    training = table[table["known"] & (table["split"] == "train")]
    validation = table[table["split"] == "val"]
    known = validation[validation["known"]]
    if known.empty:
        raise DataError(f"{workspace.split}: no photo to validate on; give split.validation a larger share")
    if missing := sorted(set(known["brand"]) - set(training["brand"])):
        raise DataError(f"{workspace.split}: no photo to train on of {', '.join(missing)}; run `sneakers split`")
    data, validating = (TrainingSet.of(features, rows) for rows in (training, known))
    tuned = fit_classifier(classifier, data, validating, params, on_progress)
    digest = hashlib.sha256("".join(training["photo_id"] + training["brand"]).encode()).hexdigest()
    with replacing_folder(workspace.brand_model(f"{extractor}-{classifier}")) as folder:
        graph, model = folder / MODEL_GRAPH, chosen.to_onnx(tuned.fitted)
        write_atomically(graph, model.SerializeToString(deterministic=True))
        parity = check_parity(tuned.fitted, graph, features.vectors[validation.index])
        temperature, threshold, metrics = _validate(tuned.fitted, features, validation)
        spec = BrandModelSpec(
            extractor=extractor,
            classifier=classifier,
            labels=tuple(map(str, tuned.fitted.classes_)),
            dim=dim,
            temperature=temperature,
            unknown_threshold=threshold,
            choice=tuned.choice,
            metrics={"cv_macro_f1": tuned.score, **metrics},
            data_sha256=digest,
            graph_sha256=file_sha256(graph),
            graph_bytes=graph.stat().st_size,
            opset=model.opset_import[0].version,
        )
        write_atomically(folder / MODEL_SPEC, (spec.model_dump_json(indent=1) + "\n").encode())
        session, row, took = OnnxSession(graph, threads=1), features.vectors[validation.index[:1]], []
        for _ in range(_PREDICTIONS):
            start = time.perf_counter()
            session.run(row)
            took.append(1000 * (time.perf_counter() - start))
        costs = {
            "tune_seconds": tuned.tune_seconds,
            "fit_seconds": tuned.fit_seconds,
            "predict_ms": median(took),
            "bytes": spec.graph_bytes,
        }
    write_atomically(workspace.train_report(spec.name), (json.dumps(costs, indent=1) + "\n").encode())
    return TrainResult(spec, parity, str(features.meta.get("weights", "")), costs)


def _validate(fitted: Fitted, features: Features, validation: pd.DataFrame) -> tuple[float, float, dict[str, float]]:
    """Temperature, unknown threshold and figures on validation photos."""
    known, unknown = (features.vectors[validation[part].index] for part in (validation["known"], ~validation["known"]))
    labels = list(fitted.classes_)
    truth = np.array([labels.index(brand) for brand in validation.loc[validation["known"], "brand"]])
    probabilities = fitted.predict_proba(known)
    weights = source_weights(validation.loc[validation["known"], "source"].to_numpy(str))
    temperature = fit_temperature(probabilities, truth, weights)
    unknown_confidence = temper(fitted.predict_proba(unknown), temperature).max(axis=1) if len(unknown) else np.empty(0)
    threshold = fit_unknown_threshold(temper(probabilities, temperature).max(axis=1), unknown_confidence)
    predicted = probabilities.argmax(axis=1)
    metrics = {
        "val_macro_f1": float(f1_score(truth, predicted, average="macro")),
        "val_accuracy": float(accuracy_score(truth, predicted)),
    }
    return temperature, threshold, metrics
