"""ArcFace with sub-centres (Deng et al., CVPR 2019 and ECCV 2020), of pytorch-metric-learning."""

from __future__ import annotations

import torch
from pydantic import Field
from pytorch_metric_learning.losses import SubCenterArcFaceLoss
from torch import nn

from sneakers_ml.networks.objective import LOSSES, Pairs
from sneakers_ml.registry import Section

__all__ = ["ArcFace", "ArcFaceParams"]


class ArcFaceParams(Section):
    """`centres` of a model, the `margin` between models in degrees, and the `scale` of the cosines."""

    centres: int = Field(2, ge=1)
    margin: float = Field(20.0, gt=0, lt=90)
    scale: float = Field(24.0, gt=0)


@LOSSES.register("arcface", ArcFaceParams)
class ArcFace(nn.Module):
    """Each photo against learned centres of all models; a photo whose model is not known has no say."""

    def __init__(self, settings: ArcFaceParams, dim: int, count: int) -> None:
        super().__init__()
        self.loss = SubCenterArcFaceLoss(
            num_classes=count,
            embedding_size=dim,
            margin=settings.margin,
            scale=settings.scale,
            sub_centers=settings.centres,
        )

    def forward(self, pairs: Pairs) -> torch.Tensor:
        known = pairs.numbers >= 0
        if not known.any():
            return pairs.vectors.sum() * 0
        value: torch.Tensor = self.loss(pairs.vectors[known], pairs.numbers[known])
        return value
