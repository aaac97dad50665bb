"""CatBoost's symmetric trees as plain ONNX operators, a fraction of the size of ONNX's own tree ensembles."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto
from sklearn.pipeline import Pipeline

from sneakers_ml.classifiers.graphs import VectorGraph
from sneakers_ml.errors import UsageError

__all__ = ["Ensemble", "Tree", "catboost_graph", "ensemble_graph", "read_ensemble"]

_BLOCK = 128
"""Trees worked through together: more take more memory for a batch, fewer more nodes."""


@dataclass(frozen=True)
class Tree:
    """A tree that asks one question a level: is the column greater than the border?

    The answer at level i is bit i of the leaf's number.

    Attributes:
        columns: (levels,) places in the vector.
        borders: (levels,) float32, as CatBoost compares them.
        leaves: (2**levels, classes) scores.
    """

    columns: NDArray[np.int64]
    borders: NDArray[np.float32]
    leaves: NDArray[np.float64]


@dataclass(frozen=True)
class Ensemble:
    """Trees whose scores are summed; `bias` (classes,) is added."""

    trees: Sequence[Tree]
    bias: NDArray[np.float64]


def catboost_graph(pipeline: Pipeline, dim: int) -> VectorGraph:
    """Softmax of the sum of the leaves that a vector falls into (Prokhorenkova et al., NeurIPS 2018, section 4).

    Raises:
        UsageError: when the loss isn't MultiClass, a tree isn't symmetric or splits by anything but a number, or the
            steps before it are more than one that picks columns.
    """
    return ensemble_graph(read_ensemble(pipeline[-1], _picked_columns(pipeline, dim)), dim)


def ensemble_graph(ensemble: Ensemble, dim: int) -> VectorGraph:
    """Softmax of the sum of the leaves of vectors of `dim` numbers."""
    graph = VectorGraph(dim, len(ensemble.bias))
    blocks = [ensemble.trees[start : start + _BLOCK] for start in range(0, len(ensemble.trees), _BLOCK)]
    sums = [_add_block(graph, block) for block in blocks]
    graph.add_softmax(graph.add("Sum", *sums, ensemble.bias.astype(np.float32)))
    return graph


def read_ensemble(model: Any, picked: NDArray[np.int64]) -> Ensemble:
    """The trees of a CatBoostClassifier that was fitted on the vector's columns `picked`.

    Raises:
        UsageError: when the loss isn't MultiClass, a tree isn't symmetric or splits by anything but a number.
    """
    loss = model.get_all_params()["loss_function"]
    if loss != "MultiClass":
        raise UsageError(f"a CatBoostClassifier of loss {loss!r} cannot be exported; fit one of loss 'MultiClass'")
    described = _as_json(model)
    if "oblivious_trees" not in described:
        raise UsageError(
            "a CatBoostClassifier without symmetric trees cannot be exported; fit it with the default ones"
        )
    columns = {
        feature["feature_index"]: picked[feature["flat_feature_index"]]
        for feature in described["features_info"]["float_features"]
    }
    scale, bias = described["scale_and_bias"]
    trees = [_read_tree(tree, columns, len(bias), scale) for tree in described["oblivious_trees"]]
    return Ensemble(trees, np.array(bias, np.float64))


def _as_json(model: Any) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        described: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return described


def _read_tree(tree: dict[str, Any], columns: dict[int, np.int64], classes: int, scale: float) -> Tree:
    splits = tree["splits"] or []  # null where a tree is a single leaf
    if any(split["split_type"] != "FloatFeature" for split in splits):
        raise UsageError("a CatBoostClassifier that splits by categories cannot be exported; give it numbers only")
    return Tree(
        np.array([columns[split["float_feature_index"]] for split in splits], np.int64),
        np.array([split["border"] for split in splits], np.float32),
        np.array(tree["leaf_values"], np.float64).reshape(-1, classes) * scale,
    )


def _picked_columns(pipeline: Pipeline, dim: int) -> NDArray[np.int64]:
    """Places in the vector of the columns that the model was fitted on."""
    steps = [step for _, step in pipeline.steps[:-1]]
    if not steps:
        return np.arange(dim)
    if len(steps) > 1 or not hasattr(steps[0], "get_support"):
        names = ", ".join(type(step).__name__ for step in steps)
        raise UsageError(f"a CatBoostClassifier cannot be exported after {names}; only a choice of columns may precede")
    return np.asarray(steps[0].get_support(indices=True), np.int64)


def _add_block(graph: VectorGraph, trees: Sequence[Tree]) -> str:
    """Append what gives (n, classes), the sum of some trees' leaves."""
    depth = max(1, *(len(tree.columns) for tree in trees))
    columns = np.zeros((len(trees), depth), np.int32)
    borders = np.full((len(trees), depth), np.inf, np.float32)  # nothing is greater: a level that a tree lacks says 0
    for row, tree in enumerate(trees):
        columns[row, : len(tree.columns)] = tree.columns
        borders[row, : len(tree.borders)] = tree.borders
    answers = graph.add("Greater", graph.add("Gather", graph.input, columns, axis=1), borders)
    bits = graph.add("Cast", answers, to=TensorProto.FLOAT)
    leaves = graph.add("MatMul", bits, 2 ** np.arange(depth, dtype=np.float32))
    first = np.cumsum([0, *(len(tree.leaves) for tree in trees[:-1])])
    places = graph.add("Cast", graph.add("Add", leaves, first.astype(np.float32)), to=TensorProto.INT32)
    return graph.add("ReduceSum", _add_lookup(graph, trees, places), np.array([1]), keepdims=0)


def _add_lookup(graph: VectorGraph, trees: Sequence[Tree], places: str) -> str:
    """Append what gives (n, trees, classes), the leaves at (n, trees) places among all leaves of these trees.

    Leaves that no training row reached are zero in every class, and by far not a few: each distinct leaf is kept once.
    """
    values = np.concatenate([tree.leaves for tree in trees]).astype(np.float32)
    distinct, rows = np.unique(values, axis=0, return_inverse=True)
    return graph.add("Gather", distinct, graph.add("Gather", rows.astype(np.int32), places))
