"""ONNX graphs written node by node: vectors in, probabilities out, nothing in between that is not needed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

__all__ = ["OPSET", "VectorGraph"]

OPSET = 18
_ML_DOMAIN = "ai.onnx.ml"
_ML_OPSET = 1


class VectorGraph:
    """A graph under construction from `vectors` (n, dim) float32 to `probabilities` (n, classes) float32; n is free.

    The same calls in the same order give the same bytes.
    """

    input = "vectors"
    output = "probabilities"

    def __init__(self, dim: int, classes: int) -> None:
        self._dim, self._classes = dim, classes
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def add(self, operator: str, *inputs: str | NDArray[Any], output: str | None = None, **attributes: Any) -> str:
        """Append a node; arrays among its inputs become constants. Gives its output's name."""
        names = [entry if isinstance(entry, str) else self._constant(entry) for entry in inputs]
        result = output or f"{operator.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, names, [result], **attributes))
        return result

    def add_softmax(self, scores: str) -> None:
        """End the graph: probabilities are the softmax of (n, classes) scores."""
        self.add("Softmax", scores, output=self.output, axis=1)

    def adopt(self, node: NodeProto, entry: str) -> None:
        """End the graph with another graph's node: its first input is `entry`, its last output the probabilities."""
        adopted = NodeProto()
        adopted.CopyFrom(node)
        adopted.input[:] = [entry]
        adopted.output[-1] = self.output
        self._nodes.append(adopted)

    def to_bytes(self) -> bytes:
        """The finished model, serialised."""
        graph = helper.make_graph(
            self._nodes,
            "brands",
            [helper.make_tensor_value_info(self.input, TensorProto.FLOAT, ["n", self._dim])],
            [helper.make_tensor_value_info(self.output, TensorProto.FLOAT, ["n", self._classes])],
            self._constants,
        )
        opsets = [helper.make_opsetid("", OPSET)]
        if any(node.domain == _ML_DOMAIN for node in self._nodes):
            opsets.append(helper.make_opsetid(_ML_DOMAIN, _ML_OPSET))
        version = helper.find_min_ir_version_for(opsets)  # the newest is more than an older ONNX Runtime reads
        model = helper.make_model(graph, opset_imports=opsets, ir_version=version)
        return bytes(model.SerializeToString(deterministic=True))

    def _constant(self, values: NDArray[Any]) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name
