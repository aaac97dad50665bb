"""One network with two heads: what brand, and which shoe."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn.functional import normalize

from sneakers_ml.networks.backbone import Backbone

__all__ = ["SneakerNetwork"]

_CELLS = 4
_LENGTH = 2.0  # of a projected vector at the start, before it is scaled to unit length
_LEAST_SPREAD = 1e-6


class SneakerNetwork(nn.Module):
    """A backbone under a brand head and two projections.

    One projection learns the model whatever its colour, from the last feature map pooled and the middle one in cells of
    4 x 4: what the shoe is, and what is where on it. A cell is joined with its mirror image, as a shoe may point either
    way. The other projection learns the colourway from the cells alone. Both are for training alone; `SearchNetwork`
    is what serves.
    """

    def __init__(
        self,
        backbone: Backbone,
        labels: Sequence[str],
        *,
        model_dim: int = 160,
        colourway_dim: int = 96,
        dropout: float = 0.2,
    ) -> None:
        """A network whose heads are untrained.

        Args:
            backbone: pretrained or not.
            labels: what the brand head tells apart.
            model_dim: numbers that tell the model.
            colourway_dim: numbers that tell the colourway.
            dropout: before the brand head.
        """
        super().__init__()
        self.backbone, self.labels = backbone, tuple(labels)
        middle, last = backbone.channels
        self.dropout, self.brand = nn.Dropout(dropout), nn.Linear(last, len(labels))
        cells = middle * _CELLS**2 // 2
        self.model, self.colourway = nn.Linear(last + cells, model_dim), nn.Linear(cells, colourway_dim)

    def forward(self, photos: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits (n, labels), and unit vectors of model and colourway, of (n, 3, side, side) photos."""
        pooled, both = self.features(photos)
        logits = self.brand(self.dropout(pooled))
        cells = both[:, -self.colourway.in_features :]
        return logits, normalize(self.model(both), dim=1), normalize(self.colourway(cells), dim=1)

    def features(self, photos: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(n, last) the pooled last map, and (n, last + 8 * middle) that with the cells of the middle map."""
        middle, last = (maps.float() for maps in self.backbone(photos))
        rows, columns = (_windows(int(length)).to(middle.device) for length in middle.shape[2:])
        columns = (columns + columns.flip(0))[: _CELLS // 2] / 2
        with torch.autocast(middle.device.type, enabled=False):
            pooled, cells = last.mean(dim=(2, 3)), (rows @ middle @ columns.T).flatten(1)
        return pooled, torch.cat([normalize(pooled, dim=1), normalize(cells, dim=1)], dim=1)

    @torch.no_grad()
    def start_projections(self, features: torch.Tensor) -> None:
        """Let both projections begin as the principal components of (n, width) features of photos, half whitened.

        Started at random, a projection learns the models that it sees and forgets the others. Half whitened means that
        a component is divided by the square root of its deviation, as the classifiers have it.
        """
        for projection in (self.model, self.colourway):
            seen = features[:, -projection.in_features :]
            mean, count = seen.mean(dim=0), min(projection.out_features, *seen.shape)
            _, spread, components = torch.pca_lowrank(seen - mean, q=count, center=False, niter=6)
            whitened = components / (spread / len(seen) ** 0.5).clamp_min(_LEAST_SPREAD) ** 0.5
            length = ((seen - mean) @ whitened).norm(dim=1).mean()
            projection.weight[:count] = _LENGTH * whitened.T / length
            projection.bias[:count] = -projection.weight[:count] @ mean


def _windows(length: int) -> torch.Tensor:
    """(cells, length) shares of pixels in cells, those of `adaptive_avg_pool2d`, which ONNX lacks for most lengths."""
    shares = torch.zeros(_CELLS, length)
    for cell in range(_CELLS):
        first, last = cell * length // _CELLS, -(-(cell + 1) * length // _CELLS)
        shares[cell, first:last] = 1 / (last - first)
    return shares
