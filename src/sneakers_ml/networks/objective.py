"""What a network learns about similarity: which photos of a batch are alike, and the losses that act on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from sneakers_ml.networks.photos import TrainingPhotos
from sneakers_ml.registry import Registry
from sneakers_ml.workspace.params import FinetuneParams

__all__ = ["LOSSES", "Pairs", "SimilarityObjective", "make_objectives"]


@dataclass(frozen=True)
class Pairs:
    """Photos of a batch against themselves and those remembered.

    Attributes:
        vectors: (b, d) unit rows of the batch.
        others: (m, d) unit rows: the batch, then the memory.
        positives: (b, m) pairs that are alike; no photo with itself.
        negatives: (b, m) pairs that are not; what nobody knows is in neither.
        numbers: (b,) of the photos' models or colourways, -1 where it is not known.
    """

    vectors: torch.Tensor
    others: torch.Tensor
    positives: torch.Tensor
    negatives: torch.Tensor
    numbers: torch.Tensor

    @property
    def indices(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Anchors and positives, anchors and negatives, as pytorch-metric-learning takes them."""
        first, positive = self.positives.nonzero(as_tuple=True)
        second, negative = self.negatives.nonzero(as_tuple=True)
        return first, positive, second, negative


LOSSES: Registry[Callable[[Any, int, int], nn.Module]] = Registry(
    "loss", "sneakers_ml.networks.losses", section="finetune.losses"
)
"""Name -> a loss of `Pairs`, made from its settings, the length of a vector and how many models (colourways) there are.
"""


class SimilarityObjective(nn.Module):
    """A loss on unit vectors of a batch and of the batches before (Wang et al., "Cross-batch memory", CVPR 2020).

    Two photos are alike where the catalogue says so. Where it says nothing (no model is known, or two sources that may
    call one model by two names), photos of one brand may or may not be alike: they are neither positive nor negative,
    which spares the loss most wrong labels too.
    """

    _label: torch.Tensor
    _source: torch.Tensor
    _model: torch.Tensor
    _colourway: torch.Tensor
    _vectors: torch.Tensor
    _rows: torch.Tensor

    def __init__(self, loss: nn.Module, photos: TrainingPhotos, *, dim: int, memory: int, colourways: bool) -> None:
        """Of models, whatever their colour, or of colourways.

        Args:
            loss: of `Pairs`.
            photos: all that may be in a batch.
            dim: length of a vector.
            memory: vectors remembered.
            colourways: whether colourways are told apart; photos without true colours are then left out.
        """
        super().__init__()
        self.loss, self.colourways = loss, colourways
        labels = {"label": photos.label, "source": photos.source, "model": photos.model, "colourway": photos.colourway}
        for name, values in labels.items():
            self.register_buffer(f"_{name}", torch.from_numpy(values), persistent=False)
        self.register_buffer("_vectors", torch.zeros(memory, dim))
        self.register_buffer("_rows", torch.full((memory,), -1))

    def forward(self, vectors: torch.Tensor, rows: torch.Tensor, true_colours: torch.Tensor) -> torch.Tensor:
        """The loss of (b, d) unit vectors of b photos, which are then remembered.

        Args:
            vectors: (b, d) unit rows.
            rows: (b,) which photos they are of.
            true_colours: (b,) whether their colours were left nearly as they are.
        """
        if self.colourways:
            vectors, rows = vectors[true_colours], rows[true_colours]
        if not len(rows):
            return vectors.sum()  # nothing
        filled = self._rows >= 0
        others = torch.cat([rows, self._rows[filled]])
        positives, negatives = self.pairs(rows, others)
        numbers = (self._colourway if self.colourways else self._model)[rows]
        pairs = Pairs(vectors, torch.cat([vectors, self._vectors[filled]]), positives, negatives, numbers)
        value: torch.Tensor = self.loss(pairs)
        size = len(self._rows)
        self._vectors = torch.cat([vectors.detach(), self._vectors])[:size]
        self._rows = torch.cat([rows, self._rows])[:size]
        return value

    def pairs(self, rows: torch.Tensor, others: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(b, m) positives and (b, m) negatives of b photos against m, of which the first b are they themselves."""

        def same(numbers: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            """Where two numbers are equal, and where one of them is not known."""
            one, other = numbers[rows][:, None], numbers[others][None]
            return (one == other) & (one >= 0), (one < 0) | (other < 0)

        (same_model, no_model), (same_label, _), (same_source, _) = map(same, (self._model, self._label, self._source))
        unsure = same_label & (no_model | ~same_source)
        alike = same_model
        if self.colourways:
            alike, no_colourway = same(self._colourway)
            unsure = (unsure | same_model) & (no_colourway | ~same_source)
        alike = alike | (rows[:, None] == others[None])
        itself = torch.zeros_like(alike).fill_diagonal_(True)
        return alike & ~itself, ~alike & ~unsure & ~itself


def make_objectives(params: FinetuneParams, photos: TrainingPhotos, *, dims: tuple[int, int]) -> nn.ModuleDict:
    """The objectives `model` and `colourway` of the section `finetune`.

    Args:
        params: which losses, and how much is remembered.
        photos: all that may be in a batch.
        dims: lengths of the vectors that tell models and colourways.

    Raises:
        UsageError: when no loss has that name.
        ParamsError: when its section does not fit.
    """
    objectives = nn.ModuleDict()
    for name, chosen, numbers, dim in (
        ("model", params.model, photos.model, dims[0]),
        ("colourway", params.colourway, photos.colourway, dims[1]),
    ):
        settings = LOSSES.settings(chosen.loss, params.losses)
        loss = LOSSES[chosen.loss](settings, dim, int(numbers.max()) + 1)
        objectives[name] = SimilarityObjective(
            loss, photos, dim=dim, memory=params.memory, colourways=name == "colourway"
        )
    return objectives
