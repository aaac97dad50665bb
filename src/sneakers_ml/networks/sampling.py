"""Which photos make a batch: sources and brands balanced, each photo with a partner of its model."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sneakers_ml.networks.photos import TrainingPhotos

__all__ = ["Batch", "Sampler"]

_OTHER_STYLE = 0.6


class Batch(NamedTuple):
    """Photos of a batch, (b,) each: their rows, and whether their colours may change little."""

    rows: NDArray[np.int64]
    true_colours: NDArray[np.bool_]


class Sampler:
    """Pairs of photos; the k-th batch is always the same.

    A source is drawn by the square root of its photos, then a brand of it likewise: a large shop teaches more than a
    small one, but not its style alone (cf. Chang et al., "Sampling by domain", arXiv 2406.08332). A photo's partner
    shows the same model, most often in another style (another source, or another ground); a photo that has none is its
    own.
    """

    def __init__(self, photos: TrainingPhotos, *, size: int, true_colours: float, seed: int) -> None:
        """Of `size` photos a batch; in `true_colours` of the pairs colours change little."""
        self._size, self._share, self._seed = size, true_colours, seed
        self._model, self._source = photos.model, photos.source
        self._plain = np.array([shoe.outline is not None for shoe in photos.shoes])
        rows = pd.DataFrame({"source": photos.source, "label": photos.label})
        of_source = rows.groupby("source")["label"].transform("size")
        of_brand = rows.groupby(["source", "label"])["label"].transform("size")
        roots = rows.drop_duplicates().assign(root=of_brand**0.5).groupby("source")["root"].sum()
        weights = (of_source**0.5 / rows["source"].map(roots) / of_brand**0.5).to_numpy()
        self._weights = weights / weights.sum()
        self._of_model = pd.Series(range(len(photos))).groupby(photos.model).indices

    def draw(self, count: int) -> NDArray[np.int64]:
        """Rows of that many different photos, or of all, as batches hold them."""
        rng = np.random.default_rng(self._seed)
        return rng.choice(len(self._weights), min(count, len(self._weights)), replace=False, p=self._weights)

    def __getitem__(self, number: int) -> Batch:
        """The batch of that number; partners stand beside each other."""
        rng = np.random.default_rng([self._seed, number])
        firsts = rng.choice(len(self._weights), self._size // 2, p=self._weights)
        rows = np.array([(first, self._partner(int(first), rng)) for first in firsts]).ravel()
        return Batch(rows, np.repeat(rng.random(len(firsts)) < self._share, 2))

    def _partner(self, row: int, rng: np.random.Generator) -> int:
        if self._model[row] < 0:
            return row
        others = np.asarray(self._of_model[self._model[row]])
        others = others[others != row]
        if not len(others):
            return row
        styled = others[(self._plain[others] != self._plain[row]) | (self._source[others] != self._source[row])]
        return int(rng.choice(styled if len(styled) and rng.random() < _OTHER_STYLE else others))
