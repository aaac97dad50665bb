"""The backbone `tinybackbone`: a few untrained convolutions, for tests that need no more of one."""

from __future__ import annotations

import torch
from torch import nn

from sneakers_ml.networks.backbone import BACKBONES, Backbone, BackboneParams

__all__ = ["TinyBackbone", "TinyParams"]


class TinyParams(BackboneParams):
    """A small photo, and the rates of a network that has nothing to lose."""

    side: int = 32
    lr: float = 3e-3
    layer_decay: float = 1.0


@BACKBONES.register("tinybackbone", TinyParams)
def build(_settings: TinyParams) -> Backbone:
    return TinyBackbone()


class TinyBackbone(Backbone):
    """The middle map is of 1/4 of the side, the last one of 1/8."""

    channels = (16, 32)
    mean, std = (128.0, 128.0, 128.0), (64.0, 64.0, 64.0)
    weights = "random"
    warning = "tinybackbone is untrained"

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.third = self._halved(3, 8), self._halved(8, 16), self._halved(16, 32)

    def forward(self, photos: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        middle = self.second(self.first(photos))
        return middle, self.third(middle)

    def layers(self) -> list[list[nn.Parameter]]:
        return [list(layer.parameters()) for layer in (self.first, self.second, self.third)]

    @staticmethod
    def _halved(channels: int, others: int) -> nn.Module:
        return nn.Sequential(nn.Conv2d(channels, others, 3, 2, 1), nn.BatchNorm2d(others), nn.ReLU())
