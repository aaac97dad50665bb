"""What a trained network answers a photo with: the vector by which similar shoes are found, and the brand."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import normalize

from sneakers_ml.networks.network import SneakerNetwork
from sneakers_ml.networks.photos import TrainingPhotos
from sneakers_ml.networks.pixels import served_batches

__all__ = ["SearchNetwork", "fit_search"]

_DIM = 256
_LEAST_DIM = 64  # without the brand
_BRAND_SHARE = 0.15  # of the similarity
_COMPONENTS = 1024
_COMPONENT_ROWS = 4096  # that these are fitted on
_SHRINKAGE = 0.5
_LEAST_SPREAD = 1e-6  # of the largest
_VOTES, _NEARNESS, _DOUBT = 0.6, 0.03, 0.01


class _Whitening(nn.Linear):
    """Learnt whitening: what differs between photos of one model counts less, and unit rows come out.

    Rows are whitened by the covariance within models, each weighing alike, half shrunk towards a multiple of the
    identity; then come the first principal components of all rows, each divided by the root of its deviation
    (Radenović, Tolias and Chum, "Fine-tuning CNN image retrieval with no human annotation", TPAMI 2019, section 3.3).
    """

    def __init__(self, rows: torch.Tensor, models: torch.Tensor, dim: int) -> None:
        """Fitted on (n, width) rows of photos of these (n,) models, -1 where it is not known.

        It gives fewer numbers than `dim` where rows have fewer directions. Without two photos of a model nothing is
        known of what differs within one, and the components are those of the rows as they are.
        """
        mean = rows.mean(dim=0)
        basis = torch.linalg.svd(rows[:_COMPONENT_ROWS] - mean, full_matrices=False)[2][:_COMPONENTS]
        reduced = ((rows - mean) @ basis.T).double()
        within = _within(reduced, models)
        apart = torch.eye(len(within), dtype=torch.float64)
        level = within.trace() / len(within)
        if level > 0:
            spread, axes = torch.linalg.eigh((1 - _SHRINKAGE) * within + _SHRINKAGE * level * apart)
            apart = axes / spread.sqrt() @ axes.T
        spread, axes = (one.flip(-1) for one in torch.linalg.eigh(torch.cov((reduced @ apart).T)))
        count = max(1, min(dim, int((spread > _LEAST_SPREAD * spread[0]).sum())))
        weight = (axes[:, :count] / spread[:count].clamp_min(1e-12) ** 0.25).T @ apart @ basis.double()
        super().__init__(rows.shape[1], count)
        with torch.no_grad():
            self.weight.copy_(weight)
            self.bias.copy_(-weight @ mean.double())

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return normalize(super().forward(rows), dim=1)


def _within(rows: torch.Tensor, models: torch.Tensor) -> torch.Tensor:
    """(width, width) mean covariance of the models that two rows or more are of; zeros where there is none."""
    numbers, places, counts = torch.unique(models, return_inverse=True, return_counts=True)
    means = torch.zeros(len(numbers), rows.shape[1], dtype=rows.dtype).index_add_(0, places, rows) / counts[:, None]
    paired = (counts[places] > 1) & (models >= 0)
    apart = (rows - means[places])[paired] / (counts[places][paired, None] - 1).sqrt()
    covariance: torch.Tensor = apart.T @ apart / max(1, int(((counts > 1) & (numbers >= 0)).sum()))
    return covariance


class SearchNetwork(nn.Module):
    """A trained network that gives one row a photo: a unit vector to search with, then a logit of each label.

    The vector joins what the shoe is and what is where on it (the pooled last map and the cells of the middle one,
    whitened) and which brand it may be of (square roots of the probabilities, whose product is the Bhattacharyya
    coefficient); two vectors' product is the weighted mean of both. The projections that learnt models and colourways
    are left out: on models that they were not trained on the features before them find more
    (notes/features-models.md), as is known of contrastive learning (Chen et al., "SimCLR", ICML 2020, section 4.2).

    To the logits of the brand head come, weighed, the votes of the training photos that are near (a cache model: Zhang
    et al., "Tip-Adapter", ECCV 2022), which know rare brands better than a linear head does.
    """

    _keys: torch.Tensor
    _key_labels: torch.Tensor

    def __init__(
        self, network: SneakerNetwork, features: torch.Tensor, photos: TrainingPhotos, dim: int | None = None
    ) -> None:
        """Fitted on (n, width) `network.features` of n photos; `dim` is the whitened part's length, where given."""
        super().__init__()
        self.network = network
        self.brand = len(network.labels) <= _DIM - _LEAST_DIM
        dim = dim or _DIM - self.brand * len(network.labels)
        self.shoe = _Whitening(features, torch.from_numpy(photos.model), dim)
        self.register_buffer("_keys", self.shoe(features).half())
        labels = torch.from_numpy(photos.label)
        self.register_buffer("_key_labels", nn.functional.one_hot(labels, len(network.labels)).half())

    @property
    def searched(self) -> int:
        """Length of the vector, at most 256."""
        return self.shoe.out_features + self.brand * len(self.network.labels)

    def forward(self, photos: torch.Tensor) -> torch.Tensor:
        """(n, searched + labels) of (n, 3, side, side) photos."""
        pooled, both = self.network.features(photos)
        logits = self.network.brand(pooled).log_softmax(dim=1)
        shoe = self.shoe(both)
        weights = ((shoe @ self._keys.float().T - 1) / _NEARNESS).softmax(dim=1)
        votes = (weights @ self._key_labels.float() + _DOUBT).log()
        parts = [(1 - _BRAND_SHARE) ** 0.5 * shoe]
        if self.brand:
            parts.append(_BRAND_SHARE**0.5 * logits.exp().clamp_min(1e-12).sqrt())
        return torch.cat([normalize(torch.cat(parts, dim=1), dim=1), logits + _VOTES * votes], dim=1)


@torch.no_grad()
def fit_search(network: SneakerNetwork, photos: TrainingPhotos, side: int, dim: int | None = None) -> SearchNetwork:
    """A network in use, with vector and votes fitted on training photos as they are served at `side` pixels."""
    network.eval()
    features = [network.features(pixels)[1].cpu() for pixels in served_batches(photos.shoes, side, network.backbone)]
    device = next(network.parameters()).device
    network.cpu()
    return SearchNetwork(network, torch.cat(features), photos, dim).eval().to(device)
