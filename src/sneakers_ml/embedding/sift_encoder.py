"""The graph that makes one vector of any number of local descriptors: bag of words, VLAD or Fisher vector."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from sneakers_ml.classifiers.graphs import OPSET
from sneakers_ml.files import write_atomically

__all__ = ["Mixture", "Projection", "Words", "write_bow", "write_fisher", "write_vlad"]

_INPUT, _OUTPUT = "descriptors", "vector"
_LEAST_NORM = 1e-12


@dataclass(frozen=True)
class Projection:
    """Rows (n, c) to points (n, q): (row - centre) @ matrix, of shapes (c,) and (c, q)."""

    centre: NDArray[np.float64]
    matrix: NDArray[np.float64]


@dataclass(frozen=True)
class Words:
    """Visual words: centres (k, q) of clusters of points."""

    centres: NDArray[np.float64]


@dataclass(frozen=True)
class Mixture:
    """A mixture of k Gaussians with diagonal covariance: weights (k,), means and variances (k, q)."""

    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    variances: NDArray[np.float64]


class _Graph:
    """Nodes and constants in the order of the calls, so that the same calls give the same bytes."""

    def __init__(self, projection: Projection) -> None:
        self._columns = len(projection.centre)
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        centred = self.add("Sub", _INPUT, projection.centre)
        self.points = self.add("MatMul", centred, projection.matrix)

    def add(self, operator: str, *inputs: str | NDArray[Any], output: str | None = None, **attributes: Any) -> str:
        """Append a node, with float arrays among its inputs as float32 constants; gives its output's name."""
        names = [entry if isinstance(entry, str) else self._constant(entry) for entry in inputs]
        result = output or f"{operator.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, names, [result], **attributes))
        return result

    def _constant(self, values: NDArray[Any]) -> str:
        name = f"constant_{len(self._constants)}"
        kind = np.float32 if np.issubdtype(values.dtype, np.floating) else np.int64
        # asarray last: ascontiguousarray makes a vector of a scalar
        self._constants.append(numpy_helper.from_array(np.asarray(values, kind, order="C"), name))
        return name

    def write(self, sums: str, dim: int, target: Path) -> int:
        """End with the signed square root and unit length of `sums`, and write the file; gives `dim`."""
        row = self.add("Reshape", sums, np.array([1, dim]))
        root = self.add("Mul", self.add("Sign", row), self.add("Sqrt", self.add("Abs", row)))
        norm = self.add("ReduceL2", root, np.array([1]), keepdims=1)
        self.add("Div", root, self.add("Max", norm, np.array(_LEAST_NORM)), output=_OUTPUT)
        graph = helper.make_graph(
            self._nodes,
            "sift encoder",
            [helper.make_tensor_value_info(_INPUT, TensorProto.FLOAT, ["n", self._columns])],
            [helper.make_tensor_value_info(_OUTPUT, TensorProto.FLOAT, [1, dim])],
            self._constants,
        )
        opsets = [helper.make_opsetid("", OPSET)]
        version = helper.find_min_ir_version_for(opsets)  # the newest is more than an older ONNX Runtime reads
        model = helper.make_model(graph, opset_imports=opsets, ir_version=version)
        write_atomically(target, model.SerializeToString(deterministic=True))
        return dim


def write_bow(projection: Projection, words: Words, target: Path) -> int:
    """Write a bag of visual words (Sivic and Zisserman, ICCV 2003): how many points are nearest to each word.

    Input `descriptors` (n, c) float32, n free from 1; output `vector` (1, k) float32, square-rooted, of unit length.

    Returns:
        k, the vector's length.
    """
    graph = _Graph(projection)
    _, counts = _assignment(graph, words)
    return graph.write(counts, len(words.centres), target)


def write_vlad(projection: Projection, words: Words, target: Path) -> int:
    """Write VLAD (Jegou, Douze, Schmid and Perez, CVPR 2010): each word's sum of its points' differences from it.

    Input as `write_bow`; output `vector` (1, k * q) float32, word by word, signed square roots (Jegou et al., IEEE
    PAMI 2012), of unit length.

    Returns:
        k * q, the vector's length.
    """
    graph = _Graph(projection)
    chosen, counts = _assignment(graph, words)
    sums = graph.add("MatMul", graph.add("Transpose", chosen, perm=[1, 0]), graph.points)
    residuals = graph.add("Sub", sums, graph.add("Mul", counts, words.centres))
    return graph.write(residuals, words.centres.size, target)


def _assignment(graph: _Graph, words: Words) -> tuple[str, str]:
    """Names of (n, k) with a one at each point's nearest word, and of (k, 1), the points of each word.

    The squared distance less the point's own square is enough to compare words.
    """
    count = len(words.centres)
    squares = (words.centres**2).sum(axis=1)
    distances = graph.add("Gemm", graph.points, -2 * words.centres, squares, transB=1)
    nearest = graph.add("ArgMin", distances, axis=1, keepdims=0)
    chosen = graph.add("OneHot", nearest, np.array(count), np.array([0.0, 1.0]), axis=-1)
    return chosen, _column_sums(graph, chosen)


def _column_sums(graph: _Graph, rows: str) -> str:
    """(n, k) to (k, 1)."""
    sums = graph.add("ReduceSum", rows, np.array([0]), keepdims=0)
    return graph.add("Unsqueeze", sums, np.array([1]))


def write_fisher(projection: Projection, mixture: Mixture, target: Path) -> int:
    """Write the improved Fisher vector (Perronnin, Sanchez and Mensink, ECCV 2010, section 2).

    It is the gradient of the points' log-likelihood with respect to the mixture's means and standard deviations. The
    division by the number of points is left out: unit length undoes it.

    Input as `write_bow`; output `vector` (1, 2 * k * q) float32: the means component by component, then the
    deviations; signed square roots, of unit length.

    Returns:
        2 * k * q, the vector's length.
    """
    graph = _Graph(projection)
    means, deviations = mixture.means, np.sqrt(mixture.variances)
    weights = mixture.weights[:, None]
    posteriors, squares = _posteriors(graph, mixture)
    turned = graph.add("Transpose", posteriors, perm=[1, 0])
    zeroth = _column_sums(graph, posteriors)
    first = graph.add("MatMul", turned, graph.points)
    second = graph.add("MatMul", turned, squares)
    shift = graph.add("Sub", first, graph.add("Mul", zeroth, means))
    by_mean = graph.add("Mul", shift, 1 / (deviations * np.sqrt(weights)))
    # sum of g * ((x - m)**2 - v), multiplied out
    spread = graph.add("Sub", second, graph.add("Mul", first, 2 * means))
    spread = graph.add("Add", spread, graph.add("Mul", zeroth, means**2 - mixture.variances))
    by_deviation = graph.add("Mul", spread, 1 / (mixture.variances * np.sqrt(2 * weights)))
    gradient = graph.add("Concat", by_mean, by_deviation, axis=0)
    return graph.write(gradient, 2 * means.size, target)


def _posteriors(graph: _Graph, mixture: Mixture) -> tuple[str, str]:
    """Names of (n, k), each component's posterior probability, and of the points' squares (n, q).

    The log-likelihoods, less what all components share, as two matrix products. ONNX's Softmax subtracts the largest
    first, so that a point far from every component underflows nowhere.
    """
    precisions = 1 / mixture.variances
    constant = np.log(mixture.weights) + 0.5 * (
        np.log(precisions).sum(axis=1) - (mixture.means**2 * precisions).sum(axis=1)
    )
    squares = graph.add("Mul", graph.points, graph.points)
    linear = graph.add("Gemm", graph.points, mixture.means * precisions, constant, transB=1)
    quadratic = graph.add("Gemm", squares, -0.5 * precisions, transB=1)
    return graph.add("Softmax", graph.add("Add", linear, quadratic), axis=1), squares
