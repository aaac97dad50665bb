from __future__ import annotations

import hashlib
import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from sneakers_ml.errors import BundleError
from sneakers_ml.inference.brand_model import (
    MODEL_GRAPH,
    MODEL_SPEC,
    BrandModel,
    BrandModelSpec,
    file_sha256,
    read_model_spec,
    temper,
)


@pytest.fixture
def folder(tmp_path):
    """A model whose graph gives back its vectors, which the tests choose to be probabilities; its temperature is 2."""
    vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["n", 2])
    answer = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", 2])
    graph = helper.make_graph(
        [helper.make_node("Identity", ["vectors"], ["probabilities"])], "toy", [vectors], [answer]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, tmp_path / MODEL_GRAPH)
    content = (tmp_path / MODEL_GRAPH).read_bytes()
    spec = BrandModelSpec(
        extractor="toy",
        classifier="none",
        labels=("nike", "puma"),
        dim=2,
        temperature=2.0,
        unknown_threshold=0.6,
        choice={"kernel": "linear", "C": 0.1},
        metrics={"val_accuracy": 0.9},
        data_sha256="0" * 64,
        graph_sha256=hashlib.sha256(content).hexdigest(),
        graph_bytes=len(content),
        opset=18,
    )
    (tmp_path / MODEL_SPEC).write_text(spec.model_dump_json())
    return tmp_path


def change(folder, **values):
    path = folder / MODEL_SPEC
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_a_model_answers_with_tempered_probabilities(folder):
    model = BrandModel.open(folder)
    assert model.spec.name == "toy-none"
    assert model.spec.labels == ("nike", "puma")
    # at temperature 2 odds become their square roots: 9 to 1 is then 3 to 1
    found = model.probabilities(np.array([[0.9, 0.1], [0.5, 0.5]]))
    np.testing.assert_allclose(found, [[0.75, 0.25], [0.5, 0.5]], atol=1e-6)


@pytest.mark.parametrize(
    ("temperature", "expected"),
    [
        (1.0, [16 / 21, 4 / 21, 1 / 21]),
        (2.0, [4 / 7, 2 / 7, 1 / 7]),
        (0.5, [256 / 273, 16 / 273, 1 / 273]),
    ],
)
def test_temper_by_hand(temperature, expected):
    row = np.array([[16 / 21, 4 / 21, 1 / 21]], np.float32)
    np.testing.assert_allclose(temper(row, temperature), [expected], rtol=1e-6)


@pytest.mark.parametrize("temperature", [0.05, 1, 20])
def test_temper_keeps_sums_and_order_even_of_certain_rows(temperature):
    rows = np.array([[1, 0, 0], [0.2, 0.5, 0.3]], np.float32)
    found = temper(rows, temperature)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert np.isfinite(found).all()
    assert found.argmax(axis=1).tolist() == [0, 1]


def test_the_sha256_of_a_file_is_the_standards(tmp_path):
    """FIPS 180-4's example: the message `abc`."""
    (tmp_path / "abc").write_bytes(b"abc")
    assert file_sha256(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_graph_that_was_tampered_with_is_refused(folder):
    with (folder / MODEL_GRAPH).open("ab") as graph:
        graph.write(b"\0")
    with pytest.raises(BundleError, match=r"model\.onnx: not the graph that model\.json describes"):
        BrandModel.open(folder)


def test_a_missing_graph_is_refused(folder):
    (folder / MODEL_GRAPH).unlink()
    with pytest.raises(BundleError, match=r"model\.onnx: not the graph"):
        BrandModel.open(folder)


def test_a_json_that_describes_another_graph_is_refused(folder):
    change(folder, graph_sha256="f" * 64)
    with pytest.raises(BundleError, match="not the graph"):
        BrandModel.open(folder)


@pytest.mark.parametrize(
    "values",
    [
        {"labels": "nike"},
        {"temperature": None},
        {"temperature": 0},
        {"temperature": -1.5},
        {"dim": "many"},
        {"extra": 1},
    ],
)
def test_a_json_that_was_tampered_with_is_refused(folder, values):
    change(folder, **values)
    with pytest.raises(BundleError, match=r"model\.json: damaged; run"):
        BrandModel.open(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe"])
def test_a_damaged_json_is_refused(folder, content):
    (folder / MODEL_SPEC).write_bytes(content)
    with pytest.raises(BundleError, match=r"model\.json: damaged"):
        read_model_spec(folder)


def test_a_model_that_is_not_there_names_the_command(tmp_path):
    with pytest.raises(BundleError, match=r"model\.json: missing; run `sneakers train"):
        BrandModel.open(tmp_path / "toy-svm")
