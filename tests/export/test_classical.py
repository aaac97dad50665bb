from __future__ import annotations

import numpy as np
import onnx
import pytest

from sneakers_ml.classifiers.classical import CLASSIFIERS, TrainingSet, fit_classifier
from sneakers_ml.errors import BundleError, ParityError
from sneakers_ml.export.classical import OPSET, check_parity, export_pipeline
from sneakers_ml.onnx_session import OnnxSession
from tests.classifiers.builders import PARAMS, blobs, rings

KERNELS = {"linear": blobs(brand_spread=1, group_spread=1, models=6), "rbf": rings()}
"""Data on which the SVM picks each kernel: three brands in 12 dimensions, two brands in a plane."""


@pytest.fixture(scope="module", params=KERNELS)
def data(request):
    return KERNELS[request.param]


@pytest.fixture(scope="module", params=CLASSIFIERS)
def pipeline(request, data):
    tuned = fit_classifier(request.param, data, PARAMS)
    if request.param == "svm":
        assert KERNELS[tuned.choice["kernel"]] is data
    return tuned.pipeline


@pytest.fixture(scope="module")
def graph(data, pipeline, tmp_path_factory):
    path = tmp_path_factory.mktemp("graph") / "model.onnx"
    export_pipeline(pipeline, data.vectors.shape[1], path)
    return path


@pytest.fixture(scope="module")
def unseen(data):
    """Other vectors than those that were learnt, some of them far off."""
    noise = np.random.default_rng(9).normal(size=data.vectors.shape)
    return (data.vectors * 1.5 + noise).astype(np.float32)


def test_the_graph_gives_scikit_learns_probabilities(pipeline, graph, unseen):
    expected = pipeline.predict_proba(unseen)
    found = OnnxSession(graph).run(unseen)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert check_parity(pipeline, graph, unseen) == pytest.approx(np.abs(found - expected).max(), abs=1e-6)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_batch_answers_row_by_row(data, graph, unseen, count):
    session = OnnxSession(graph)
    together = session.run(unseen[:count])
    assert together.shape == (count, len(set(data.brands)))
    alone = np.concatenate([session.run(row[None]) for row in unseen[:count]])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_the_graph_is_of_the_promised_opset_and_lies_alone(graph):
    opsets = {opset.domain: opset.version for opset in onnx.load(graph).opset_import}
    assert opsets[""] == OPSET
    assert list(graph.parent.iterdir()) == [graph]


def test_the_graph_of_another_machine_is_found_out(data, graph, unseen):
    """A machine that learnt each brand under the next one's name."""
    names, numbers = np.unique(data.brands, return_inverse=True)
    swapped = TrainingSet(data.vectors, np.roll(names, 1)[numbers], data.groups)
    other = fit_classifier("svm", swapped, PARAMS).pipeline
    with pytest.raises(
        ParityError, match=rf"model\.onnx: .* differs from the trained one on [1-9]\d* of {len(unseen)}"
    ):
        check_parity(other, graph, unseen)


@pytest.mark.parametrize("factor", [0.999, np.nan])
def test_a_probability_that_is_off_by_a_little_or_no_number_is_found_out(pipeline, graph, unseen, tmp_path, factor):
    model = onnx.load(graph)
    output = model.graph.output[-1].name
    for node in model.graph.node:
        node.output[:] = ["whole" if name == output else name for name in node.output]
        node.input[:] = ["whole" if name == output else name for name in node.input]
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([factor], np.float32), "factor"))
    model.graph.node.append(onnx.helper.make_node("Mul", ["whole", "factor"], [output]))
    changed = tmp_path / "changed.onnx"
    onnx.save(model, changed)
    first_brand = unseen[pipeline.predict_proba(unseen).argmax(axis=1) == 0]  # whose labels then agree, NaN or not
    with pytest.raises(ParityError, match=f"on 0 of {len(first_brand)} labels"):
        check_parity(pipeline, changed, first_brand)


def test_a_graph_that_is_none_is_refused(pipeline, unseen, tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"not a graph")
    with pytest.raises(BundleError, match="cannot be loaded"):
        check_parity(pipeline, tmp_path / "model.onnx", unseen)
