"""Truth: models made by the package onnx, and its own description of what they are made of."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from sneakers_ml.errors import BundleError
from sneakers_ml.inference.external_data import _PARTS, has_external_data
from sneakers_ml.inference.session import OnnxSession

WEIGHTS = np.eye(2, dtype=np.float32)
NAMES = {
    "model": "ModelProto",
    "training": "TrainingInfoProto",
    "graph": "GraphProto",
    "function": "FunctionProto",
    "node": "NodeProto",
    "attribute": "AttributeProto",
    "sparse tensor": "SparseTensorProto",
    "tensor": "TensorProto",
}


def weights(location=None):
    tensor = numpy_helper.from_array(WEIGHTS, "weights")
    if location is not None:
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        entry = tensor.external_data.add()
        entry.key, entry.value = "location", location
    return tensor


def model_of(nodes, initializers=()):
    rows = helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["n", 2])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", 2])
    graph = helper.make_graph(nodes, "toy", [rows], [out], list(initializers))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def as_initializer(tensor):
    return model_of([helper.make_node("MatMul", ["rows", "weights"], ["out"])], [tensor])


def as_constant(tensor):
    constant = helper.make_node("Constant", [], ["weights"], value=tensor)
    return model_of([constant, helper.make_node("MatMul", ["rows", "weights"], ["out"])])


def in_a_branch(tensor):
    branches = {}
    for name in ("then_branch", "else_branch"):
        inner = helper.make_node("Constant", [], [name], value=tensor)
        told = helper.make_tensor_value_info(name, TensorProto.FLOAT, [2, 2])
        branches[name] = helper.make_graph([inner], name, [], [told])
    condition = helper.make_node("Constant", [], ["yes"], value=numpy_helper.from_array(np.array(True)))
    chosen = helper.make_node("If", ["yes"], ["weights"], **branches)
    return model_of([condition, chosen, helper.make_node("MatMul", ["rows", "weights"], ["out"])])


def in_a_function(tensor):
    nodes = [
        helper.make_node("Constant", [], ["w"], value=tensor),
        helper.make_node("MatMul", ["a", "w"], ["b"]),
    ]
    opset = helper.make_opsetid("", 18)
    function = helper.make_function("own", "Turn", ["a"], ["b"], nodes, [opset])
    model = model_of([helper.make_node("Turn", ["rows"], ["out"], domain="own")])
    model.functions.append(function)
    model.opset_import.append(helper.make_opsetid("own", 1))
    return model


PLACES = (as_initializer, as_constant, in_a_branch, in_a_function)


@pytest.mark.parametrize("place", PLACES)
class TestWeights:
    @pytest.mark.parametrize("location", ["weights.bin", "../../etc/passwd", "/etc/passwd", "*/_ORT_MEM_ADDR_/*", ""])
    def test_in_other_files_are_refused_in_one_line(self, tmp_path, place, location):
        (tmp_path / "weights.bin").write_bytes(WEIGHTS.tobytes())
        (tmp_path / "toy.onnx").write_bytes(place(weights(location)).SerializeToString())
        with pytest.raises(BundleError, match=r"toy\.onnx: keeps weights in other files") as caught:
            OnnxSession(tmp_path / "toy.onnx")
        assert len(str(caught.value).splitlines()) == 1

    def test_in_the_file_itself_are_read(self, tmp_path, place):
        model = place(weights())
        model.doc_string = "location"  # the word alone is no file
        entry = model.metadata_props.add()
        entry.key, entry.value = "location", "elsewhere"
        (tmp_path / "toy.onnx").write_bytes(model.SerializeToString())
        rows = np.array([[1, 2]], np.float32)
        np.testing.assert_array_equal(OnnxSession(tmp_path / "toy.onnx").run(rows), rows)


def test_a_key_of_external_data_is_enough():
    """Whatever a tensor's place is said to be."""
    tensor = weights("weights.bin")
    tensor.ClearField("data_location")
    assert has_external_data(as_initializer(tensor).SerializeToString())


def leads_to_tensor(message, above=()):
    if message.name == "TensorProto":
        return True
    inner = [field.message_type for field in message.fields if field.message_type and message.name not in above]
    return any(leads_to_tensor(each, (*above, message.name)) for each in inner)


@pytest.mark.parametrize("kind", [kind for kind in NAMES if kind != "tensor"])
def test_every_way_to_a_tensor_is_known(kind):
    fields = [field for field in getattr(onnx, NAMES[kind]).DESCRIPTOR.fields if field.message_type]
    ways = {field.number: field.message_type.name for field in fields if leads_to_tensor(field.message_type)}
    assert {number: NAMES[part] for number, part in _PARTS[kind].items()} == ways


@pytest.mark.parametrize("noise", [b"location", b"\xff" * 20 + b"location", b"\x3a\x7flocation", b"\x0b location"])
def test_what_is_no_model_is_told(noise, tmp_path):
    with pytest.raises(ValueError, match=r"protocol buffer|longer|too long"):
        has_external_data(noise)
    (tmp_path / "noise.onnx").write_bytes(noise)
    with pytest.raises(BundleError, match=r"noise\.onnx: cannot be loaded as an ONNX model"):
        OnnxSession(tmp_path / "noise.onnx")
