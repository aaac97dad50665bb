"""The towers `ngrams`: trained on captioned photos, asked, and exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray

from sneakers_ml.embedding.export import export_graph, require_parity
from sneakers_ml.inference.session import OnnxSession
from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.text.lexicon import Meaning, tokens_of
from sneakers_ml.text.spec import PHOTO_HEAD, TOWER
from sneakers_ml.text.tower import MOST_GRAMS, NgramTower, gram_ids
from sneakers_ml.text.training.contrastive import train_towers
from sneakers_ml.text.training.network import PhotoHead, TowerNetwork
from sneakers_ml.text.training.photos import CaptionedPhotos
from sneakers_ml.workspace.params import TextParams

__all__ = ["Towers"]

_PLAIN_TITLE = 0.3  # weight of a photo whose title is a single word
_PARITY_ROWS = 512


@dataclass(frozen=True)
class Towers:
    """Texts and photos to unit vectors of one space."""

    tower: TowerNetwork
    head: PhotoHead

    @classmethod
    def train(
        cls,
        photos: CaptionedPhotos,
        inputs: NDArray[np.float32],
        places: NDArray[np.intp],
        params: TextParams,
        on_progress: OnProgress = no_progress,
    ) -> Self:
        """Train on the photos at some places.

        A source is drawn by the square root of its photos, a photo whose title is one word less often than others.
        """
        rows = photos.rows.iloc[places]
        weights = rows.groupby("source")["source"].transform("size").to_numpy() ** -0.5
        plain = [len(photos.captions.title(product)) < 2 for product in rows["product"]]
        weights = weights * np.where(plain, _PLAIN_TITLE, 1)
        colours = [photos.seen[place] for place in places]
        products = rows["product"].to_numpy()
        return cls(*train_towers(inputs[places], products, colours, weights, photos.captions, params, on_progress))

    @torch.inference_mode()
    def texts(self, texts: Sequence[Sequence[Meaning]]) -> NDArray[np.float32]:
        """(n, dim) of texts as `Lexicon.read` gives them."""
        return np.asarray(self.tower(torch.from_numpy(gram_ids(list(map(tokens_of, texts))))).numpy())

    @torch.inference_mode()
    def photos(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, dim) of (n, width) `photo_input`."""
        return np.asarray(self.head(torch.from_numpy(inputs)).numpy())

    def export(self, folder: Path, titles: Sequence[Sequence[Meaning]], inputs: NDArray[np.float32]) -> None:
        """Write both graphs, and prove them on some texts and photos.

        Raises:
            ParityError: when a graph differs from its network by more than 1e-4.
        """
        dim, example = self.tower.linear.out_features, torch.ones(2, 3, MOST_GRAMS, dtype=torch.int64)
        export_graph(self.tower, folder / TOWER, example, dim=dim, name="texts", free=3)
        export_graph(self.head, folder / PHOTO_HEAD, torch.zeros(2, inputs.shape[1]), dim=dim)
        titles, inputs = titles[:_PARITY_ROWS], inputs[:_PARITY_ROWS]
        tower, head = OnnxSession(folder / TOWER), OnnxSession(folder / PHOTO_HEAD)
        pairs = {
            TOWER: (NgramTower(tower).vectors(titles), self.texts(titles)),
            PHOTO_HEAD: (head.run(inputs), self.photos(inputs)),
        }
        for name, (exported, trained) in pairs.items():
            require_parity(folder / name, float(np.abs(exported - trained).max()))
