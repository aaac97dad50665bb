"""What a backbone is: a network that sees photos, with the pixels it was trained on, and how one is built by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import torch
from pydantic import Field
from torch import nn

from sneakers_ml.registry import Registry, Section

__all__ = ["BACKBONES", "IMAGENET_MEAN", "IMAGENET_STD", "Backbone", "BackboneParams"]

IMAGENET_MEAN = (123.675, 116.28, 103.53)
IMAGENET_STD = (58.395, 57.12, 57.375)
"""Of red, green and blue over ImageNet, in units of a byte."""


class BackboneParams(Section):
    """What a backbone is trained with; a family has defaults of its own."""

    side: int = Field(192, ge=32, description="Pixels of a photo")
    lr: float = Field(4e-4, gt=0, description="Peak learning rate of its last layer")
    layer_decay: float = Field(0.9, gt=0, le=1, description="That of a layer, as a share of the next one's")
    frozen_layers: int = Field(0, ge=0, description="The first ones stay as they are: edges and colours are the same")


class Backbone(nn.Module, ABC):
    """A pretrained network without its classifier.

    Attributes:
        channels: of the middle and of the last feature map.
        mean: of red, green and blue from 0 to 255, which the input was shifted by.
        std: which it was then divided by.
        side_step: pixels that a photo's side must be a multiple of.
        weights: where the weights are from.
        warning: what the person who trains should know of them, or nothing.
    """

    channels: tuple[int, int]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    side_step: int = 1
    weights: str
    warning: str = ""

    @abstractmethod
    def forward(self, photos: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Middle and last feature map, each (n, channels, h, w), of (n, 3, side, side) float32 photos.

        The middle map tells where on the shoe a thing is, the last one what the photo shows.
        """

    @abstractmethod
    def layers(self) -> list[list[nn.Parameter]]:
        """All parameters, from the input on, in groups that share a learning rate."""


BACKBONES: Registry[Callable[[Any], Backbone]] = Registry(
    "backbone", "sneakers_ml.networks.backbones", section="finetune"
)
"""Name -> what builds a backbone from its settings."""
