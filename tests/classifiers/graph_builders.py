"""Vectors with brands to learn, and graphs run without a file of the project's own in between."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime

__all__ = ["clusters", "run_graph"]


def clusters(classes: int, dim: int, *, per_class: int = 20, spread: float = 1.0, seed: int = 0):
    """(n, dim) float32 vectors around a centre a class, and their labels, in an order that isn't the labels' own."""
    rng = np.random.default_rng(seed)
    labels = np.array([f"brand{number:02d}" for number in rng.permutation(classes)])
    centres = rng.normal(size=(classes, dim)) * spread
    number = rng.permutation(np.repeat(np.arange(classes), per_class))
    return (centres[number] + rng.normal(size=(len(number), dim))).astype(np.float32), labels[number]


def run_graph(content: bytes, vectors) -> np.ndarray:
    """The last output of a model that the ONNX checker finds nothing wrong with."""
    model = onnx.load_from_string(content)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: np.asarray(vectors, np.float32)})[-1]
