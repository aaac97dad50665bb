from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

__all__: list[str] = []


@pytest.fixture(scope="session")
def mean_colour_graph() -> Callable[[Path], Path]:
    """Writes a graph from (n, 3, side, side) to (n, 3): the mean of each channel."""

    def write(path: Path) -> Path:
        graph = helper.make_graph(
            [
                helper.make_node("GlobalAveragePool", ["photos"], ["pooled"]),
                helper.make_node("Flatten", ["pooled"], ["vectors"], axis=1),
            ],
            "mean colour",
            [helper.make_tensor_value_info("photos", TensorProto.FLOAT, ["n", 3, "side", "side"])],
            [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["n", 3])],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        onnx.save(model, str(path))
        return path

    return write
