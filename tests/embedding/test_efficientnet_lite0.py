"""How the exported network answers is tested with its extractor, in tests/features/test_network.py."""

from __future__ import annotations

import onnx
import pytest

from sneakers_ml.features.extractor import GRAPH
from sneakers_ml.inference.session import OPSET
from sneakers_ml.workspace.paths import PROJECT_ROOT


@pytest.fixture(scope="module")
def model(lite0_folder):
    loaded = onnx.load(lite0_folder / GRAPH)
    onnx.checker.check_model(loaded)
    return loaded


def shape(value):
    return [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]


def test_the_graph_takes_any_number_of_photos_and_gives_a_vector_each(model):
    (photos,), (vectors,) = model.graph.input, model.graph.output
    assert (photos.name, vectors.name) == ("photos", "vectors")
    batch = shape(photos)[0]
    assert isinstance(batch, str)
    assert batch
    assert shape(photos)[1:] == [3, 224, 224]
    assert shape(vectors) == [batch, 1280]


def test_the_graph_is_one_file_of_the_promised_opset(model, lite0_folder):
    assert [opset.version for opset in model.opset_import if opset.domain == ""] == [OPSET]
    assert not any(tensor.external_data for tensor in model.graph.initializer)
    assert 10e6 < (lite0_folder / GRAPH).stat().st_size < 20e6  # 3.4 million float32 weights


def test_the_graph_does_not_tell_where_the_code_lies(lite0_folder):
    content = (lite0_folder / GRAPH).read_bytes()
    assert str(PROJECT_ROOT).encode() not in content
    assert b"site-packages" not in content
