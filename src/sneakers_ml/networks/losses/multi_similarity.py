"""Multi-similarity loss with the pairs that its miner keeps (Wang et al., CVPR 2019), of pytorch-metric-learning."""

from __future__ import annotations

import torch
from pydantic import Field
from pytorch_metric_learning.losses import MultiSimilarityLoss
from torch import nn

from sneakers_ml.networks.objective import LOSSES, Pairs
from sneakers_ml.registry import Section

__all__ = ["MultiSimilarity", "MultiSimilarityParams"]


class MultiSimilarityParams(Section):
    """Weights of positives and negatives, the similarity where both begin to count, and the margin of the miner."""

    alpha: float = Field(2.0, gt=0)
    beta: float = Field(40.0, gt=0)
    base: float = 0.5
    epsilon: float = Field(0.1, ge=0)


@LOSSES.register("multi_similarity", MultiSimilarityParams)
class MultiSimilarity(nn.Module):
    """Positives that are less alike than the hardest negative, and negatives more alike than the hardest positive."""

    def __init__(self, settings: MultiSimilarityParams, _dim: int, _count: int) -> None:
        super().__init__()
        self.loss = MultiSimilarityLoss(settings.alpha, settings.beta, settings.base)
        self.epsilon = settings.epsilon

    def forward(self, pairs: Pairs) -> torch.Tensor:
        similarity = pairs.vectors.detach() @ pairs.others.detach().T
        hardest_negative = similarity.masked_fill(~pairs.negatives, -torch.inf).max(dim=1, keepdim=True).values
        hardest_positive = similarity.masked_fill(~pairs.positives, torch.inf).min(dim=1, keepdim=True).values
        kept = Pairs(
            pairs.vectors,
            pairs.others,
            pairs.positives & (similarity - self.epsilon < hardest_negative),
            pairs.negatives & (similarity + self.epsilon > hardest_positive),
            pairs.numbers,
        )
        value: torch.Tensor = self.loss(kept.vectors, indices_tuple=kept.indices, ref_emb=kept.others)
        return value
