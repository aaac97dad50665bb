from __future__ import annotations

import warnings

import numpy as np
import onnx
import pytest
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sneakers_ml.classifiers.svm_graph import svm_graph
from sneakers_ml.errors import UsageError
from tests.classifiers.graph_builders import clusters, run_graph

COMPONENTS = 8


def fitted(vectors, labels, **settings):
    settings = {"class_weight": "balanced", "probability": True, "random_state": 0, **settings}
    reduction = [("scale", StandardScaler()), ("pca", PCA(COMPONENTS, random_state=0))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return Pipeline([*reduction, ("svc", SVC(**settings))]).fit(vectors, labels)


@pytest.mark.parametrize("kernel", ["linear", "rbf"])
@pytest.mark.parametrize("classes", [2, 3, 4, 6])  # 1, 3, 6 and 15 pairs: fewer than the 8 components, and more
def test_the_graph_gives_scikit_learns_probabilities(kernel, classes):
    pipeline = fitted(*clusters(classes, 20, spread=0.6), kernel=kernel, C=0.1)
    content = svm_graph(pipeline, 20).to_bytes()
    unseen = clusters(classes, 20, spread=1.5, seed=3)[0]
    for rows in (unseen, unseen[:1], unseen[:2], unseen[:5]):
        found = run_graph(content, rows)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, pipeline.predict_proba(rows), atol=1e-5)
        assert (found.argmax(axis=1) == pipeline.predict_proba(rows).argmax(axis=1)).all()


def test_columns_with_large_means_are_told_apart():
    vectors, labels = clusters(4, 20)
    large = (1000 + 0.01 * vectors.astype(np.float64)).astype(np.float32)
    for kernel in ("linear", "rbf"):
        pipeline = fitted(large.astype(np.float64), labels, kernel=kernel)
        found = run_graph(svm_graph(pipeline, 20).to_bytes(), large)
        np.testing.assert_allclose(found, pipeline.predict_proba(large.astype(np.float64)), atol=1e-4)


def numbers(content: bytes) -> int:
    """Numbers in a model's constants and attributes."""
    graph = onnx.load_from_string(content).graph
    in_attributes = sum(len(attribute.floats) for node in graph.node for attribute in node.attribute)
    return in_attributes + sum(int(np.prod(constant.dims)) for constant in graph.initializer)


def test_a_linear_machine_needs_one_direction_a_pair_and_no_support_vector():
    vectors, labels = clusters(3, 200, spread=0.1)
    pipeline = fitted(vectors, labels, kernel="linear")
    found = numbers(svm_graph(pipeline, 200).to_bytes())
    # centre; matrix and bias; a unit vector a pair with two coefficients; rho and the two numbers of Platt; kernel
    assert found == 200 + (200 + 1) * 3 + 3 * (3 + 2) + 3 * 3 + 3


@pytest.mark.parametrize(("kernel", "classes"), [("rbf", 3), ("linear", 6)])  # 6 classes are 15 pairs
def test_another_machine_needs_the_components_and_the_support_vectors(kernel, classes):
    vectors, labels = clusters(classes, 200, spread=0.1)
    pipeline = fitted(vectors, labels, kernel=kernel)
    support, pairs = pipeline[-1].n_support_.sum(), classes * (classes - 1) // 2
    found = numbers(svm_graph(pipeline, 200).to_bytes())
    assert found == 200 + (200 + 1) * COMPONENTS + support * (COMPONENTS + classes - 1) + 3 * pairs + 3


def test_a_machine_without_probabilities_is_refused():
    pipeline = fitted(*clusters(3, 20), probability=False)
    with pytest.raises(UsageError, match="SVC without probabilities cannot be exported; fit one with probability=True"):
        svm_graph(pipeline, 20)
