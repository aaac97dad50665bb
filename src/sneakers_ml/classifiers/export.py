"""scikit-learn pipelines to ONNX, and the proof that both answer alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from sneakers_ml.classifiers.graphs import OPSET, VectorGraph
from sneakers_ml.classifiers.linear import logistic_graph, sgd_graph
from sneakers_ml.classifiers.svm_graph import svm_graph
from sneakers_ml.classifiers.trees import catboost_graph
from sneakers_ml.errors import ParityError, UsageError
from sneakers_ml.files import write_atomically
from sneakers_ml.onnx_session import OnnxSession

__all__ = ["OPSET", "WRITERS", "check_parity", "export_pipeline"]

_TOLERANCE = 1e-4

WRITERS: dict[str, Callable[[Pipeline, int], VectorGraph]] = {
    "SVC": svm_graph,
    "SGDClassifier": sgd_graph,
    "LogisticRegression": logistic_graph,
    "CatBoostClassifier": catboost_graph,
}
"""Class name of a pipeline's last step -> how its graph is written; to add one, add a line here.

By name, so that CatBoost is loaded only where it is used.
"""


def export_pipeline(pipeline: Pipeline, dim: int, target: Path) -> None:
    """Write a fitted classifier as a graph from (n, dim) float32 vectors to (n, classes) float32 probabilities.

    The same pipeline gives the same bytes; nothing is written when it cannot be exported.

    Raises:
        UsageError: when there is no way to write this kind of classifier, or one with these settings.
    """
    last = type(pipeline[-1]).__name__
    if last not in WRITERS:
        raise UsageError(
            f"a pipeline that ends in {last} cannot be exported; choose one of {', '.join(sorted(WRITERS))}"
        )
    write_atomically(target, WRITERS[last](pipeline, dim).to_bytes())


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
