"""A brand classifier at rest: model.onnx (vector to probabilities) beside model.json, and how to ask it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, PositiveFloat, PositiveInt

from sneakers_ml.errors import BundleError
from sneakers_ml.files import file_sha256, read_json
from sneakers_ml.inference.session import OnnxSession
from sneakers_ml.vectors import softmax

__all__ = ["MODEL_GRAPH", "MODEL_SPEC", "BrandModel", "BrandModelSpec", "read_model_spec", "temper"]

MODEL_GRAPH = "model.onnx"
MODEL_SPEC = "model.json"


class BrandModelSpec(BaseModel):
    """model.json: what travels with the graph."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    extractor: str
    classifier: str
    labels: tuple[str, ...]
    dim: PositiveInt
    temperature: PositiveFloat
    unknown_threshold: float
    choice: dict[str, Any]
    metrics: dict[str, float]
    data_sha256: str
    graph_sha256: str
    graph_bytes: int
    opset: int

    @property
    def name(self) -> str:
        return f"{self.extractor}-{self.classifier}"


def read_model_spec(folder: Path) -> BrandModelSpec:
    """Read model.json.

    Raises:
        BundleError: when it is missing or damaged.
    """
    return read_json(folder / MODEL_SPEC, BrandModelSpec, "sneakers train EXTRACTOR CLASSIFIER")


def temper(probabilities: NDArray[np.float32], temperature: float) -> NDArray[np.float64]:
    """(n, c) probabilities softened by a temperature: softmax(log p / T) (Guo et al., ICML 2017, section 4.2)."""
    logits = np.log(np.maximum(probabilities.astype(np.float64), 1e-12)) / temperature
    return softmax(logits)


class BrandModel:
    """A classifier's graph with its spec.

    Raises:
        BundleError: when the graph is missing, or isn't the one that the spec describes.
    """

    def __init__(self, spec: BrandModelSpec, graph: Path) -> None:
        if not graph.exists() or file_sha256(graph) != spec.graph_sha256:
            raise BundleError(f"{graph}: not the graph that {MODEL_SPEC} describes; train the model again")
        self.spec = spec
        self._session = OnnxSession(graph, threads=1)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The model of a folder with model.onnx and model.json.

        Raises:
            BundleError: when one is missing or damaged.
        """
        return cls(read_model_spec(folder), folder / MODEL_GRAPH)

    def probabilities(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, c) calibrated probabilities, columns in the order of `spec.labels`, of (n, dim) float32 vectors.

        Raises:
            BundleError: when the graph cannot be run, or answers for other brands.
        """
        answers, brands = self._session.run(np.ascontiguousarray(vectors, np.float32)), len(self.spec.labels)
        if answers.shape != (len(vectors), brands):
            raise BundleError(f"{self.spec.name}: answers for {answers.shape[1:]} brands, not {brands}; train it again")
        return temper(answers, self.spec.temperature)
