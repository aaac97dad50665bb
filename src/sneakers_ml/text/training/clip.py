"""The towers `open_clip`: both encoders of a CLIP that was trained elsewhere; nothing is learnt here."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from sneakers_ml.embedding import open_clip
from sneakers_ml.embedding.export import export_graph
from sneakers_ml.text.clip import ClipTower
from sneakers_ml.text.lexicon import Meaning
from sneakers_ml.text.spec import OPEN_CLIP, PHOTO_HEAD, TOKENIZER, TOWER
from sneakers_ml.text.tower import photo_width
from sneakers_ml.text.training.photos import CaptionedPhotos
from sneakers_ml.workspace.paths import Workspace

__all__ = ["ClipTowers"]


class ClipTowers:
    """Texts by the text encoder that lies in the extractor's folder, photos by the extractor's own vectors.

    Args:
        folder: of the extractor.
        columns: where its vectors stand in a `photo_input`.
    """

    def __init__(self, folder: Path, columns: slice) -> None:
        self._folder, self._columns = folder, columns
        self._tower = ClipTower.open(folder / open_clip.TEXT_GRAPH, folder / open_clip.TOKENIZER)

    @classmethod
    def read(cls, workspace: Workspace, photos: CaptionedPhotos) -> Self:
        """Those of photos that have vectors of the extractor.

        Raises:
            BundleError: when a file is missing or damaged.
            ModuleNotFoundError: when the extra `clip` is not installed.
        """
        place = [spec.name for spec in photos.specs].index(OPEN_CLIP)
        start = sum(map(photo_width, photos.specs[:place]))
        return cls(workspace.extractor(OPEN_CLIP), slice(start, start + photo_width(photos.specs[place])))

    def texts(self, texts: Sequence[Sequence[Meaning]]) -> NDArray[np.float32]:
        """(n, dim) of texts as `Lexicon.read` gives them."""
        return self._tower.vectors(texts)

    def photos(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, dim) of (n, width) `photo_input`."""
        return inputs[:, self._columns]

    def export(
        self,
        folder: Path,
        titles: Sequence[Sequence[Meaning]],  # noqa: ARG002 - nothing is left to be proved
        inputs: NDArray[np.float32],
    ) -> None:
        """Copy the text encoder, whose graph was proved when the extractor was made, and write the photo head."""
        shutil.copyfile(self._folder / open_clip.TEXT_GRAPH, folder / TOWER)
        shutil.copyfile(self._folder / open_clip.TOKENIZER, folder / TOKENIZER)
        dim = self._columns.stop - self._columns.start
        export_graph(_Columns(self._columns), folder / PHOTO_HEAD, torch.zeros(2, inputs.shape[1]), dim=dim)


class _Columns(nn.Module):
    """The columns that are an extractor's."""

    def __init__(self, columns: slice) -> None:
        super().__init__()
        self.columns = columns

    def forward(self, photos: torch.Tensor) -> torch.Tensor:
        return photos[:, self.columns]
