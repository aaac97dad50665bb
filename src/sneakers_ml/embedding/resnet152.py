"""ResNet-152 as an ONNX graph: photo in, unit vector out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torchvision.models import ResNet, ResNet152_Weights, resnet152

from sneakers_ml.embedding.torch_graph import export_network
from sneakers_ml.embedding.weights import Hub, Weights, find_weights
from sneakers_ml.errors import DataError

__all__ = ["PREPROCESSING", "export_resnet152", "resnet152_hub"]

_SIDE = 224
_DEPTH = 255
PREPROCESSING: dict[str, Any] = {
    "side": _SIDE,
    "resize": 232,
    "mean": [round(_DEPTH * share, 3) for share in (0.485, 0.456, 0.406)],
    "std": [round(_DEPTH * share, 3) for share in (0.229, 0.224, 0.225)],
}
"""That of the weights, in units of a byte: what an `OnnxExtractor` does before it runs the graph."""
_SEED = 20
_SETTING = "embed.resnet152.weights"
_HEAD = "fc."  # the classifier of ImageNet, which is left out


def resnet152_hub() -> Hub:
    """torchvision's better ImageNet weights, in torch's own cache (TORCH_HOME moves it)."""
    weights = ResNet152_Weights.IMAGENET1K_V2
    return Hub(str(weights), weights.url, Path(torch.hub.get_dir()) / "checkpoints")


def export_resnet152(
    choice: str, target: Path, *, hub: Hub | None = None, build: Callable[[], ResNet] = resnet152
) -> Weights:
    """Write the network up to its pooled last feature map as ONNX.

    Input `photos` (n, 3, 224, 224) float32, (RGB / 255 - mean) / deviation of ImageNet; output `vectors` (n, 2048)
    float32 unit rows. Source: He et al., CVPR 2016, with torchvision's weights of 2022. Untrained, the network is that
    of a fixed seed; its activations grow to some 1e7, which unit length mends.

    Args:
        choice: `auto`, `random` or a file, as `find_weights` takes it.
        target: the graph.
        hub: where `auto` looks; torchvision's own unless told.
        build: makes the untrained network.

    Returns:
        Where the weights are from, without them.

    Raises:
        DataError: when the file is missing, damaged or of another network.
    """
    weights = find_weights(choice, hub or resnet152_hub(), _SETTING)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        network = build()
    network.fc = nn.Identity()
    if weights.state is not None:
        state = {name: tensor for name, tensor in weights.state.items() if not name.startswith(_HEAD)}
        try:
            network.load_state_dict(state)
        except RuntimeError:
            raise DataError(
                f"{_SETTING}: {choice} holds the weights of another network than torchvision's resnet152"
            ) from None
    export_network(network, target, side=_SIDE, dim=2048)
    return Weights(weights.origin, warning=weights.warning)
