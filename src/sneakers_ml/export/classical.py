"""scikit-learn pipelines to ONNX, and the proof that both answer alike."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from sneakers_ml.atomic import write_atomically
from sneakers_ml.errors import ParityError
from sneakers_ml.onnx_session import OnnxSession

__all__ = ["OPSET", "check_parity", "export_pipeline"]

OPSET = 18
_TOLERANCE = 1e-4


def export_pipeline(pipeline: Pipeline, dim: int, target: Path) -> None:
    """Write a fitted classifier as a graph from (n, dim) float32 vectors to (n, classes) float32 probabilities."""
    from skl2onnx import to_onnx

    example = np.zeros((1, dim), np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the converter asks for attributes that scikit-learn retires
        graph = to_onnx(pipeline, example, options={id(pipeline): {"zipmap": False}}, target_opset=OPSET)
    domains = sorted(graph.opset_import, key=lambda opset: opset.domain)  # the converter keeps them in a set
    del graph.opset_import[:]
    graph.opset_import.extend(domains)
    write_atomically(target, graph.SerializeToString(deterministic=True))


def check_parity(pipeline: Pipeline, graph: Path, vectors: NDArray[np.float32]) -> float:
    """Largest difference of a probability between the pipeline and its graph.

    Raises:
        ParityError: when a label differs, or a probability by more than 1e-4.
    """
    trained = pipeline.predict_proba(vectors)
    exported = OnnxSession(graph).run(np.ascontiguousarray(vectors, np.float32))
    wrong = int((trained.argmax(axis=1) != exported.argmax(axis=1)).sum())
    difference = float(np.abs(trained - exported).max())
    if wrong or not difference <= _TOLERANCE:  # a NaN is a difference too
        raise ParityError(
            f"{graph}: the exported model differs from the trained one on {wrong} of {len(vectors)} labels, and by up"
            f" to {difference:.2g} in probability (allowed: {_TOLERANCE:g}); it was not kept"
        )
    return difference
