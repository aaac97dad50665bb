"""A text tower and a photo head as the stage `text` and benchmarks use them, whichever params.yaml names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.text.lexicon import Meaning
from sneakers_ml.text.spec import OPEN_CLIP
from sneakers_ml.text.training.clip import ClipTowers
from sneakers_ml.text.training.photos import CaptionedPhotos
from sneakers_ml.text.training.towers import Towers
from sneakers_ml.workspace.params import TextParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["DualEncoder", "make_encoder"]


class DualEncoder(Protocol):
    """Texts and photos to unit vectors of one space."""

    def texts(self, texts: Sequence[Sequence[Meaning]]) -> NDArray[np.float32]:
        """(n, dim) of texts as `Lexicon.read` gives them."""

    def photos(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, dim) of (n, width) `photo_input`."""

    def export(self, folder: Path, titles: Sequence[Sequence[Meaning]], inputs: NDArray[np.float32]) -> None:
        """Write what serves, and prove it on some texts and photos.

        Raises:
            ParityError: when a graph differs by more than 1e-4.
        """


def make_encoder(
    workspace: Workspace,
    photos: CaptionedPhotos,
    params: TextParams,
    on_progress: OnProgress = no_progress,
    *,
    serving: bool = False,
) -> DualEncoder:
    """That of the tower which params.yaml names, of photos that were read for it.

    Args:
        workspace: where extractors lie.
        photos: to learn from.
        params: the section `text`.
        on_progress: called after each step of a training.
        serving: learn from all photos, as their vectors serve, rather than from training photos to be measured.
    """
    if params.tower == OPEN_CLIP:
        return ClipTowers.read(workspace, photos)
    inputs, places = (photos.inputs, photos.side("train"))
    if serving:
        inputs, places = photos.served, np.arange(len(photos.rows))
    return Towers.train(photos, inputs, places, params, on_progress)
