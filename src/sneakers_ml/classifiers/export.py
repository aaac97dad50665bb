"""Classifiers as ONNX graphs, and the proof that both answer alike."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, helper
from sklearn.pipeline import Pipeline

from sneakers_ml.errors import ParityError
from sneakers_ml.inference.session import OPSET, OnnxSession

__all__ = ["check_parity", "pipeline_to_onnx"]

_ML_OPSET = 1
_TOLERANCE = 1e-4


def pipeline_to_onnx(pipeline: Pipeline) -> ModelProto:
    """A fitted pipeline of scikit-learn as skl2onnx writes it; the same pipeline gives the same bytes.

    Returns:
        A graph from `vectors` (n, dim) float32; its last output is `probabilities` (n, classes) float32.
    """
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the converter asks for attributes that scikit-learn retires
        model: ModelProto = to_onnx(
            pipeline,
            initial_types=[("vectors", FloatTensorType([None, pipeline.n_features_in_]))],
            options={id(pipeline[-1]): {"zipmap": False}},
            target_opset={"": OPSET, "ai.onnx.ml": _ML_OPSET},
        )
    versions = {opset.domain: opset.version for opset in model.opset_import}  # in an order that changes with each run
    del model.opset_import[:]
    model.opset_import.extend(helper.make_opsetid(domain, version) for domain, version in sorted(versions.items()))
    return model


def check_parity(fitted: Any, graph: Path, vectors: NDArray[np.float32]) -> float:
    """Largest difference of a probability between a fitted classifier and its graph.

    Raises:
        ParityError: when a label differs, or a probability by more than 1e-4.
    """
    trained = fitted.predict_proba(vectors)
    exported = OnnxSession(graph).run(np.ascontiguousarray(vectors, np.float32))
    wrong = int((trained.argmax(axis=1) != exported.argmax(axis=1)).sum())
    difference = float(np.abs(trained - exported).max())
    if wrong or not difference <= _TOLERANCE:  # a NaN is a difference too
        raise ParityError(
            f"{graph}: the exported model differs from the trained one on {wrong} of {len(vectors)} labels, and by up"
            f" to {difference:.2g} in probability (allowed: {_TOLERANCE:g}); it was not kept"
        )
    return difference
