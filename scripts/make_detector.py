"""Make src/sneakers_ml/features/footwear_detector.onnx from MediaPipe's object detector.

    python scripts/make_detector.py detector.onnx src/sneakers_ml/features/footwear_detector.onnx

1. `npm pack @mediapipe/objectron@0.4.1675468480` gets the package that holds the detector (Apache-2.0). Its file
   `objectron_solution_packed_assets.data` is 184 bytes of class names, then the network:
   `tail -c +185 objectron_solution_packed_assets.data > detector.tflite`.
2. `python -m tf2onnx.convert --tflite detector.tflite --output detector.onnx`, with tf2onnx in an environment of its
   own. footwear_detector.NOTICE has the hashes of all files.
3. This script makes 4.9 MB of 20 MB. Of the classes only Footwear is kept. Weights of large convolutions become int8
   with a scale for each output channel, those of small ones float16, as MediaPipe stores them; at load they are float
   again. The same input gives the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CLASSES, FOOTWEAR = 24, 19
SCORES, CODES = "raw_outputs/class_predictions", "raw_outputs/box_encodings"
SMALL = 2**14  # weights; depthwise convolutions, which int8 hurts most, have fewer


def footwear_detector(model: onnx.ModelProto) -> onnx.ModelProto:
    """From (1, 300, 300, 3) to (1, 1917, 5): for each anchor the codes of y, x, height and width, and a logit."""
    values = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    producer = {one.output[0]: one for one in model.graph.node}
    for reshape in (producer[name] for name in producer[SCORES].input):
        head = producer[reshape.input[0]]
        while head.op_type != "Conv":
            head = producer[head.input[0]]
        for name in head.input[1:]:  # channels are anchors x classes
            values[name] = values[name][FOOTWEAR::CLASSES]
        values[reshape.input[1]] = np.array([1, -1, 1])

    # tf2onnx orders and names nodes and weights anew each time: they are taken from the outputs back to the input.
    names = {model.graph.input[0].name: "photo"}
    tensors: list[onnx.TensorProto] = []
    nodes: list[onnx.NodeProto] = []
    weights = {one.input[1] for one in model.graph.node if one.op_type == "Conv"}

    def add(old: str) -> str:
        if old in names:
            return names[old]
        if old in producer:
            inputs = [add(one) for one in producer[old].input]
            name = names[old] = f"t{len(names)}"
            nodes.append(helper.make_node(producer[old].op_type, inputs, [name]))
            nodes[-1].attribute.extend(sorted(producer[old].attribute, key=lambda one: one.name))
            return name
        name, value = names.setdefault(old, f"t{len(names)}"), values[old]
        if old not in weights:
            tensors.append(numpy_helper.from_array(value, name))
        elif value.size < SMALL:
            tensors.append(numpy_helper.from_array(value.astype(np.float16), f"{name}_half"))
            nodes.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
        else:
            scale = np.abs(value).max(axis=(1, 2, 3), keepdims=True).clip(1e-9) / np.float32(127)
            tensors.append(numpy_helper.from_array(np.round(value / scale).astype(np.int8), f"{name}_levels"))
            tensors.append(numpy_helper.from_array(scale, f"{name}_scale"))
            # Not DequantizeLinear: ONNX Runtime would run it with each photo, these it folds at load.
            nodes.append(helper.make_node("Cast", [f"{name}_levels"], [f"{name}_float"], to=TensorProto.FLOAT))
            nodes.append(helper.make_node("Mul", [f"{name}_float", f"{name}_scale"], [name]))
        return name

    nodes.append(helper.make_node("Concat", [add(CODES), add(SCORES)], ["footwear"], axis=2))
    graph = helper.make_graph(
        nodes,
        "footwear detector",
        [helper.make_tensor_value_info("photo", TensorProto.FLOAT, [1, 300, 300, 3])],
        [helper.make_tensor_value_info("footwear", TensorProto.FLOAT, [1, 1917, 5])],
        tensors,
    )
    detector = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(detector, full_check=True)
    return detector


def main() -> None:
    """Read the converted network, write the detector."""
    if len(sys.argv) != 3:
        sys.exit("usage: python scripts/make_detector.py detector.onnx OUTPUT")
    source, target = map(Path, sys.argv[1:])
    target.write_bytes(footwear_detector(onnx.load(source)).SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
