"""ResNets of torchvision (He et al., CVPR 2016)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn
from torchvision import models
from torchvision.models import ResNet, ResNet18_Weights, ResNet50_Weights, ResNet152_Weights, WeightsEnum

from sneakers_ml.networks.backbone import BACKBONES, IMAGENET_MEAN, IMAGENET_STD, Backbone
from sneakers_ml.networks.backbones.published import Published, State, find_published, load_published

__all__ = ["ResNetBackbone"]


@BACKBONES.register("resnet18", Published)
def resnet18(settings: Published) -> Backbone:
    """11.7 million parameters with its classifier."""
    return _published(models.resnet18, settings, ResNet18_Weights.IMAGENET1K_V1)


@BACKBONES.register("resnet50", Published)
def resnet50(settings: Published) -> Backbone:
    """25.6 million parameters with its classifier."""
    return _published(models.resnet50, settings, ResNet50_Weights.IMAGENET1K_V2)


@BACKBONES.register("resnet152", Published)
def resnet152(settings: Published) -> Backbone:
    """60.2 million parameters with its classifier."""
    return _published(models.resnet152, settings, ResNet152_Weights.IMAGENET1K_V2)


class ResNetBackbone(Backbone):
    """The middle map is layer 3's (1/16 of the side), the last one layer 4's (1/32)."""

    mean, std = IMAGENET_MEAN, IMAGENET_STD

    def __init__(self, network: ResNet) -> None:
        """Of a network of torchvision, which is taken apart; its parameters keep their names."""
        super().__init__()
        self.conv1, self.bn1, self.relu, self.maxpool = network.conv1, network.bn1, network.relu, network.maxpool
        self.layer1, self.layer2, self.layer3, self.layer4 = (
            network.layer1,
            network.layer2,
            network.layer3,
            network.layer4,
        )
        self.channels = (network.fc.in_features // 2, network.fc.in_features)

    def forward(self, photos: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        maps = self.maxpool(self.relu(self.bn1(self.conv1(photos))))
        middle = self.layer3(self.layer2(self.layer1(maps)))
        return middle, self.layer4(middle)

    def layers(self) -> list[list[nn.Parameter]]:
        stem = [*self.conv1.parameters(), *self.bn1.parameters()]
        blocks = [block for layer in (self.layer1, self.layer2, self.layer3, self.layer4) for block in layer]
        return [stem, *(list(block.parameters()) for block in blocks)]


def _published(build: Callable[[], ResNet], settings: Published, published: WeightsEnum) -> Backbone:
    """A ResNet with the weights that are at hand, but for its classifier."""
    name, network = build.__name__, ResNetBackbone(build())

    def own(state: State) -> State:
        return {name: value for name, value in state.items() if not name.startswith("fc.")}

    load_published(name, network, find_published(name, settings, published), own)
    return network
