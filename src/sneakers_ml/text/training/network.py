"""The text tower and the photo head, in torch."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import normalize

from sneakers_ml.text.tower import BUCKETS

__all__ = ["PhotoHead", "TowerNetwork"]

_SPREAD = 0.05  # of embeddings at the start


class TowerNetwork(nn.Module):
    """Hashed n-grams of letters, averaged over words, under a linear layer.

    A deep averaging network (Iyyer et al., ACL 2015) of one layer: with two layers of self-attention in its place fewer
    titles found their photos (notes/text.md), as a few thousand titles are little to learn word order from.
    """

    def __init__(self, width: int, dim: int) -> None:
        super().__init__()
        self.grams = nn.Embedding(BUCKETS + 1, width, padding_idx=0)
        nn.init.normal_(self.grams.weight, std=_SPREAD)
        self.norm, self.linear = nn.LayerNorm(width), nn.Linear(width, dim)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """(n, dim) unit vectors of (n, words, grams) `gram_ids`."""
        words = self.words(ids.flatten(0, 1)).reshape(*ids.shape[:2], -1)
        return self.join(words, (ids > 0).any(2))

    def words(self, ids: torch.Tensor) -> torch.Tensor:
        """(words, width) vectors of (words, grams); of no grams, 0."""
        there = (ids > 0).float()
        summed: torch.Tensor = (self.grams(ids) * there.unsqueeze(2)).sum(1)
        return summed / there.sum(1, keepdim=True).clamp(min=1).sqrt()

    def join(self, words: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """(n, dim) unit vectors of texts of (n, words, width) vectors, those that are `there` (n, words)."""
        counts = there.sum(1, keepdim=True).clamp(min=1)
        mean = (words * there.unsqueeze(2)).sum(1) / counts
        return normalize(self.linear(self.norm(mean)), dim=1)


class PhotoHead(nn.Module):
    """Frozen vectors of photos into the space of texts: "LiT" (Zhai et al., CVPR 2022) with a head on the image."""

    def __init__(self, width: int, hidden: int, dim: int, dropout: float) -> None:
        super().__init__()
        self.mean, self.scale = (nn.Buffer(torch.zeros(width)), nn.Buffer(torch.ones(())))
        self.layers = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(width, hidden), nn.GELU(), nn.Dropout(dropout), nn.Linear(hidden, dim)
        )

    @torch.no_grad()
    def standardise(self, photos: torch.Tensor) -> None:
        """Let photos (n, width) come in about zero, with numbers of unit size on average."""
        self.mean.copy_(photos.mean(dim=0))
        self.scale.copy_((photos - self.mean).pow(2).mean().sqrt().clamp_min(1e-6))

    def forward(self, photos: torch.Tensor) -> torch.Tensor:
        """(n, dim) unit vectors of (n, width) `photo_input`."""
        return normalize(self.layers((photos - self.mean) / self.scale), dim=1)
