"""Weights that others publish: from a file, torch's cache or its hub, or none, which is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from pydantic import Field
from torchvision.models import WeightsEnum

from sneakers_ml.embedding.weights import Hub, Weights, find_weights
from sneakers_ml.errors import DataError
from sneakers_ml.networks.backbone import Backbone, BackboneParams

__all__ = ["Published", "State", "find_published", "load_published"]

State = dict[str, torch.Tensor]


class Published(BackboneParams):
    """`auto`: the torch cache, else the hub, else untrained with a warning; `random`: untrained; else a file."""

    weights: str = Field("auto", min_length=1)


def find_published(name: str, settings: Published, published: WeightsEnum) -> Weights:
    """The weights of a backbone that torchvision publishes, or those that its settings name.

    Raises:
        DataError: when a file is missing or holds no state dict.
    """
    hub = Hub(str(published), published.url, Path(torch.hub.get_dir()) / "checkpoints")
    return find_weights(settings.weights, hub, f"finetune.{name}.weights")


def load_published(name: str, backbone: Backbone, weights: Weights, renamed: Callable[[State], State]) -> None:
    """Give a backbone these weights; where there are none it stays untrained.

    Args:
        name: of the backbone.
        backbone: freshly built.
        weights: as they were found.
        renamed: from the names that they were published under to the backbone's own.

    Raises:
        DataError: when they are those of another network.
    """
    if weights.state is not None:
        try:
            backbone.load_state_dict(renamed(weights.state))
        except (KeyError, RuntimeError):
            raise DataError(f"finetune.{name}.weights: {weights.origin} holds the weights of another network") from None
    backbone.weights, backbone.warning = weights.origin, weights.warning
