"""The vector by which a trained network finds similar shoes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn.functional import normalize

from sneakers_ml.networks.network import SneakerNetwork
from sneakers_ml.networks.photos import Shoe
from sneakers_ml.networks.pixels import served_batches

__all__ = ["SearchNetwork", "fit_search"]

_DIM, _LAYOUT_DIM = 256, 96
_LEAST_DIM = 64
_SHARES = {"shoe": 0.55, "layout": 0.25, "brand": 0.2}
_LEAST_SPREAD = 0.01  # of the largest, so that noise is not blown up


class _Whitening(nn.Linear):
    """The first principal components of rows, each scaled to the same variance; unit rows come out.

    Jégou and Chum, "Negative evidences and co-occurrences in image retrieval", ECCV 2012, section 3.
    """

    def __init__(self, rows: torch.Tensor, dim: int) -> None:
        """Fitted on (n, width) rows; fewer than `dim` numbers where there are not as many directions."""
        mean, count = rows.mean(dim=0), max(1, min(dim, len(rows) - 1, rows.shape[1]))
        _, spread, components = torch.linalg.svd(rows - mean, full_matrices=False)
        super().__init__(rows.shape[1], count)
        scaled = components[:count] / spread[:count, None].clamp_min(_LEAST_SPREAD * float(spread[0]) + 1e-12)
        with torch.no_grad():
            self.weight.copy_(scaled)
            self.bias.copy_(-scaled @ mean)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return normalize(super().forward(rows), dim=1)


class SearchNetwork(nn.Module):
    """A trained network that gives one row a photo: a unit vector to search with, then the logits.

    The vector joins what the shoe is (the last feature map), what is where on it and in which colour (the cells of the
    middle one), and which brand it may be of (square roots of the probabilities, whose product is the Bhattacharyya
    coefficient). Two vectors' product is the weighted mean of the three. The projections that learnt models and
    colourways are left out: on models that they were not trained on the features before them, whitened, find more
    (notes/features-models.md), as is known of contrastive learning (Chen et al., "SimCLR", ICML 2020, section 4.2).
    """

    def __init__(self, network: SneakerNetwork, features: torch.Tensor, dims: tuple[int, int] | None = None) -> None:
        """Fitted on (n, width) `network.features` of photos; `dims` of shoe and layout are equalled where given."""
        super().__init__()
        self.network = network
        self.brand = len(network.labels) <= _DIM - _LAYOUT_DIM - _LEAST_DIM
        last = network.brand.in_features
        shoe, layout = dims or (_DIM - _LAYOUT_DIM - self.brand * len(network.labels), _LAYOUT_DIM)
        self.shoe, self.layout = _Whitening(features[:, :last], shoe), _Whitening(features[:, last:], layout)

    @property
    def dims(self) -> tuple[int, int]:
        """Numbers that tell the shoe, and its layout."""
        return self.shoe.out_features, self.layout.out_features

    @property
    def searched(self) -> int:
        """Length of the vector, at most 256."""
        return sum(self.dims) + self.brand * len(self.network.labels)

    def forward(self, photos: torch.Tensor) -> torch.Tensor:
        """(n, searched + labels) of (n, 3, side, side) photos."""
        pooled, both = self.network.features(photos)
        logits = self.network.brand(pooled)
        parts = {"shoe": self.shoe(both[:, : pooled.shape[1]]), "layout": self.layout(both[:, pooled.shape[1] :])}
        if self.brand:
            parts["brand"] = logits.softmax(dim=1).clamp_min(1e-12).sqrt()
        vector = normalize(torch.cat([_SHARES[name] ** 0.5 * part for name, part in parts.items()], dim=1), dim=1)
        return torch.cat([vector, logits], dim=1)


@torch.no_grad()
def fit_search(
    network: SneakerNetwork, shoes: Sequence[Shoe], side: int, dims: tuple[int, int] | None = None
) -> SearchNetwork:
    """A network in use, with its vector fitted on photos as they are served at `side` pixels."""
    network.eval()
    features = [network.features(pixels)[1] for pixels in served_batches(shoes, side, network.backbone)]
    return SearchNetwork(network, torch.cat(features), dims).eval()
