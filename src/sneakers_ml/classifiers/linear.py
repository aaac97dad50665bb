"""Linear pipelines (centre or standardise, reduce by PCA, weigh) folded to one matrix and written as ONNX."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from sneakers_ml.classifiers.graphs import VectorGraph
from sneakers_ml.errors import UsageError

__all__ = ["Affine", "fold_reduction", "logistic_graph", "sgd_graph"]


@dataclass(frozen=True)
class Affine:
    """x -> (x - centre) @ matrix + bias, of shapes (d,), (d, k) and (k,), all float64.

    The centre stays apart from the bias: where a column's mean is large against its spread, x @ matrix in float32 has
    no digit of the difference left.
    """

    centre: NDArray[np.float64]
    matrix: NDArray[np.float64]
    bias: NDArray[np.float64]

    def then(self, weights: NDArray[np.float64], bias: NDArray[np.float64]) -> Self:
        """The same followed by z -> z @ weights + bias, of shapes (k, m) and (m,)."""
        return type(self)(self.centre, self.matrix @ weights, self.bias @ weights + bias)

    def add_to(self, graph: VectorGraph) -> str:
        """Append to a graph what gives (n, k) float32 of the graph's vectors.

        What rounding the centre to float32 takes from it goes to the bias: of two close float32 numbers the difference
        is exact (Sterbenz, 1974), so that nothing is lost where the centre is large.
        """
        centre = self.centre.astype(np.float32)
        bias = self.bias + (centre.astype(np.float64) - self.centre) @ self.matrix
        centred = graph.add("Sub", graph.input, centre)
        return graph.add("Gemm", centred, self.matrix.astype(np.float32), bias.astype(np.float32))


def fold_reduction(pipeline: Pipeline) -> Affine:
    """What the steps before the last do, as one affine map.

    Raises:
        UsageError: when these are not StandardScaler and PCA.
    """
    steps = [type(step) for _, step in pipeline.steps[:-1]]
    if steps != [StandardScaler, PCA]:
        names = ", ".join(step.__name__ for step in steps) or "nothing"
        raise UsageError(
            f"a {type(pipeline[-1]).__name__} cannot be exported after {names}; put StandardScaler and PCA before it"
        )
    scaler, pca = pipeline[0], pipeline[1]
    scale = np.ones(len(scaler.mean_)) if scaler.scale_ is None else scaler.scale_
    matrix = pca.components_.T.astype(np.float64) / scale[:, None]
    if pca.whiten:
        spread = np.sqrt(pca.explained_variance_)
        matrix /= np.maximum(spread, np.finfo(spread.dtype).eps)  # scikit-learn's own lower bound
    centre = scaler.mean_ + scale * pca.mean_
    return Affine(centre, matrix, np.zeros(matrix.shape[1]))


def logistic_graph(pipeline: Pipeline, dim: int) -> VectorGraph:
    """Multinomial logistic regression: the softmax of the scores.

    Raises:
        UsageError: when the steps before it are not StandardScaler and PCA.
    """
    graph = VectorGraph(dim, len(pipeline.classes_))
    graph.add_softmax(_scores(pipeline).add_to(graph))
    return graph


def sgd_graph(pipeline: Pipeline, dim: int) -> VectorGraph:
    """Logistic regression of each class against the rest: the sigmoids of the scores, normalised to a sum of 1.

    It is computed as softmax(log sigmoid(s)), since ONNX Runtime's Sigmoid is cut off at scores of about -18, below
    which many rows have all of theirs. Where scikit-learn's sigmoids are all zero, so that it answers with equal
    probabilities, the scores all lie at the lower bound here, with the same outcome.

    Raises:
        UsageError: when the loss isn't log_loss, or the steps before it are not StandardScaler and PCA.
    """
    loss = pipeline[-1].loss
    if loss != "log_loss":
        raise UsageError(f"a SGDClassifier of loss {loss!r} cannot be exported; fit one of loss 'log_loss'")
    graph = VectorGraph(dim, len(pipeline.classes_))
    scores = _scores(pipeline).add_to(graph)
    if len(pipeline.classes_) > 2:
        lowest = -np.log(np.finfo(pipeline[-1].coef_.dtype).max)  # where e**-s overflows, 1 / (1 + e**-s) is 0
        negative = graph.add("Neg", graph.add("Max", scores, np.array(lowest, np.float32)))
        scores = graph.add("Neg", graph.add("Softplus", negative))
    graph.add_softmax(scores)
    return graph


def _scores(pipeline: Pipeline) -> Affine:
    """(n, classes) scores; of two classes, for whom there is one score, the first gets 0.

    The softmax of 0 and s is sigmoid(-s) and sigmoid(s).
    """
    model = pipeline[-1]
    weights, bias = model.coef_.T.astype(np.float64), model.intercept_.astype(np.float64)
    if len(pipeline.classes_) == 2:
        weights, bias = np.pad(weights, ((0, 0), (1, 0))), np.pad(bias, (1, 0))
    return fold_reduction(pipeline).then(weights, bias)
