"""Support vector machines as ONNX: one matrix to reduce a vector, ONNX's own operator for libsvm's probabilities."""

from __future__ import annotations

import warnings
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, helper
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

from sneakers_ml.classifiers.graphs import OPSET, VectorGraph
from sneakers_ml.classifiers.linear import fold_reduction
from sneakers_ml.errors import UsageError

__all__ = ["svm_graph"]


def svm_graph(pipeline: Pipeline, dim: int) -> VectorGraph:
    """A machine with probabilities by pairwise coupling (Wu, Lin and Weng, JMLR 2004).

    A linear machine of c classes is c (c - 1) / 2 directions, one a pair. Where that is fewer than PCA has, the graph
    projects on them straight away, and needs neither the components nor the support vectors.

    Raises:
        UsageError: when the machine has no probabilities, or the steps before it are not StandardScaler and PCA.
    """
    machine = pipeline[-1]
    if not machine.probability:
        raise UsageError("a SVC without probabilities cannot be exported; fit one with probability=True")
    graph = VectorGraph(dim, len(pipeline.classes_))
    reduction = fold_reduction(pipeline)
    components = reduction.matrix.shape[1]
    node = _operator(machine, components)
    if machine.kernel == "linear" and _pairs(len(pipeline.classes_)) <= components:
        directions = _directions(node, components)
        reduction = reduction.then(directions, np.zeros(directions.shape[1]))
        _expect_scores(node)
    graph.adopt(node, reduction.add_to(graph))
    return graph


def _operator(machine: SVC, components: int) -> NodeProto:
    """The SVMClassifier that skl2onnx makes of a machine."""
    from skl2onnx import to_onnx

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the converter asks for attributes that scikit-learn retires
        example = np.zeros((1, components), np.float32)
        model = to_onnx(machine, example, options={id(machine): {"zipmap": False}}, target_opset=OPSET)
    found: NodeProto = next(node for node in model.graph.node if node.op_type == "SVMClassifier")
    return found


def _directions(node: NodeProto, components: int) -> NDArray[np.float64]:
    """(components, pairs): the vector whose product with z, plus the operator's rho, is a pair's decision.

    In the operator's own layout, support vectors are sorted by class, and class a's coefficients against class b are in
    row b - 1 if a < b, else in row b.
    """
    counts = _attribute(node, "vectors_per_class").astype(np.int64)
    vectors = _attribute(node, "support_vectors").reshape(-1, components)
    coefficients = _attribute(node, "coefficients").reshape(len(counts) - 1, -1)
    of_class = [slice(end - count, end) for end, count in zip(np.cumsum(counts), counts, strict=True)]
    columns = [
        coefficients[b - 1, of_class[a]] @ vectors[of_class[a]] + coefficients[a, of_class[b]] @ vectors[of_class[b]]
        for a, b in combinations(range(len(counts)), 2)
    ]
    return np.stack(columns, axis=1)


def _expect_scores(node: NodeProto) -> None:
    """Change the operator's input to what the pairs' directions give.

    Each pair (a, b) gets one support vector, of class a, which picks that pair's entry.
    """
    classes = len(_attribute(node, "vectors_per_class"))
    pairs = list(combinations(range(classes), 2))
    coefficients = np.zeros((classes - 1, len(pairs)))
    coefficients[[b - 1 for _, b in pairs], range(len(pairs))] = 1
    counts = [classes - 1 - a for a in range(classes)]
    changed: dict[str, list[int] | list[float]] = {
        "coefficients": coefficients.ravel().tolist(),
        "support_vectors": np.eye(len(pairs)).ravel().tolist(),
        "vectors_per_class": counts,
    }
    kept = [attribute for attribute in node.attribute if attribute.name not in changed]
    del node.attribute[:]
    node.attribute.extend(kept)
    node.attribute.extend(helper.make_attribute(name, values) for name, values in changed.items())


def _attribute(node: NodeProto, name: str) -> NDArray[np.float64]:
    return next(
        np.array(helper.get_attribute_value(attribute), np.float64)
        for attribute in node.attribute
        if attribute.name == name
    )


def _pairs(classes: int) -> int:
    return classes * (classes - 1) // 2
