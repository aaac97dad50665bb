"""Supervised contrastive loss (Khosla et al., NeurIPS 2020), of pytorch-metric-learning."""

from __future__ import annotations

import torch
from pydantic import Field
from pytorch_metric_learning.losses import SupConLoss
from torch import nn

from sneakers_ml.networks.objective import LOSSES, Pairs
from sneakers_ml.registry import Section

__all__ = ["SupCon", "SupConParams"]


class SupConParams(Section):
    """`temperature` divides the similarities."""

    temperature: float = Field(0.1, gt=0)


@LOSSES.register("supcon", SupConParams)
class SupCon(nn.Module):
    """Each positive against all negatives and positives of its anchor."""

    def __init__(self, settings: SupConParams, _dim: int, _count: int) -> None:
        super().__init__()
        self.loss = SupConLoss(settings.temperature)

    def forward(self, pairs: Pairs) -> torch.Tensor:
        value: torch.Tensor = self.loss(pairs.vectors, indices_tuple=pairs.indices, ref_emb=pairs.others)
        return value
