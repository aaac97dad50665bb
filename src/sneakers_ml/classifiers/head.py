"""The classifier `head`: the brand head that a network was fine-tuned with; there is nothing left to fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper
from scipy.special import softmax
from sklearn.metrics import f1_score

from sneakers_ml.classifiers.classifier import CLASSIFIERS, Choice, Classifier, TrainingSet
from sneakers_ml.errors import UsageError
from sneakers_ml.inference.session import OPSET
from sneakers_ml.progress import OnProgress

__all__ = ["FittedHead", "Head"]


@dataclass
class FittedHead:
    """The logits of `classes_` stand in these columns of a vector of `dim` numbers."""

    classes_: Sequence[str]
    columns: NDArray[np.int64]
    dim: int

    def predict_proba(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, classes) softmax of their logits; what the network takes for other brands or things is left out."""
        return np.asarray(softmax(vectors[:, self.columns], axis=1), np.float32)


@CLASSIFIERS.register("head")
class Head(Classifier):
    """Picks the logits of the learnt brands."""

    def tune(self, data: TrainingSet, on_progress: OnProgress) -> tuple[Choice, float]:
        """Nothing to choose; the figure is of photos that the network was trained on."""
        fitted = self.fit({}, data, data)
        on_progress(1, 1)
        named = np.asarray(fitted.classes_)[fitted.predict_proba(data.vectors).argmax(axis=1)]
        return {}, float(f1_score(data.brands, named, average="macro"))

    def fit(self, choice: Choice, data: TrainingSet, validation: TrainingSet) -> FittedHead:
        """Where the logits of the brands are.

        Raises:
            UsageError: when the vectors hold no logits of a brand.
        """
        brands, dim = np.unique(data.brands).tolist(), data.vectors.shape[1]
        if missing := sorted(set(brands) - set(data.logits)):
            raise UsageError(
                f"head: the extractor has no logits of {', '.join(missing)}; run `sneakers finetune` again"
            )
        first = dim - len(data.logits)
        return FittedHead(brands, np.array([first + data.logits.index(brand) for brand in brands]), dim)

    def to_onnx(self, fitted: FittedHead) -> ModelProto:
        """Gather and softmax."""
        columns = numpy_helper.from_array(fitted.columns, "columns")
        nodes = [
            helper.make_node("Gather", ["vectors", "columns"], ["logits"], axis=1),
            helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
        ]
        vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, [None, fitted.dim])
        probabilities = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, len(fitted.classes_)])
        graph = helper.make_graph(nodes, "head", [vectors], [probabilities], [columns])
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
