"""The training: texts and photos that belong together come to lie together."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import log_softmax

from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.text.lexicon import Term, spoken
from sneakers_ml.text.tower import gram_ids
from sneakers_ml.text.training.captions import Captions
from sneakers_ml.text.training.network import PhotoHead, TowerNetwork
from sneakers_ml.workspace.params import TextParams

__all__ = ["contrastive_loss", "train_towers"]

_LEAST_STEPS, _WARM_UP = 200, 50
_SHARPEST = 60.0  # of the similarities' scale


def train_towers(
    photos: NDArray[np.float32],
    products: NDArray[np.int64],
    colours: Sequence[Sequence[Term]],
    weights: NDArray[np.float64],
    captions: Captions,
    params: TextParams,
    on_progress: OnProgress = no_progress,
) -> tuple[TowerNetwork, PhotoHead]:
    """Train both towers on pairs of a photo and a caption drawn anew each time.

    The loss is CLIP's (Radford et al., "CLIP", ICML 2021), where each photo of the batch that a caption is
    true of counts as its own (Khosla et al., "Supervised contrastive learning", NeurIPS 2020): of two pairs of black
    Pumas neither may push the other away.

    Args:
        photos: (n, width) `photo_input`.
        products: (n,) the places of their products in `captions`.
        colours: (n,) the colours measured in each.
        weights: (n,) how often each is drawn.
        captions: of the products.
        params: the section `text`.
        on_progress: called after each step.
    """
    rng = np.random.default_rng(params.seed)
    torch.manual_seed(params.seed)
    inputs, share = torch.from_numpy(photos), weights / weights.sum()
    tower = TowerNetwork(params.width, params.dim)
    head = PhotoHead(photos.shape[1], params.hidden, params.dim, params.dropout)
    head.standardise(inputs)
    scale = torch.nn.Parameter(torch.tensor(math.log(1 / params.temperature)))
    learnt = [*tower.parameters(), *head.parameters(), scale]
    optimizer = torch.optim.AdamW(learnt, lr=params.lr, weight_decay=params.weight_decay)
    batch = min(params.batch, len(photos))
    steps = max(_LEAST_STEPS, math.ceil(params.epochs * len(photos) / batch))
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = params.lr * min(1, (step + 1) / _WARM_UP) * (1 + math.cos(math.pi * step / steps)) / 2
        rows = rng.choice(len(photos), batch, replace=False, p=share)
        drawn = [captions.draw(products[row], colours[row], rng) for row in rows]
        facts = [captions.facts(products[row], colours[row]) for row in rows]
        true = torch.tensor([[caption.required <= each for each in facts] for caption in drawn], dtype=torch.float32)
        true.fill_diagonal_(1)
        texts = _texts(tower, [caption.tokens for caption in drawn])
        loss = contrastive_loss(texts @ head(inputs[rows]).T * scale.exp().clamp(max=_SHARPEST), true)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        on_progress(step + 1, steps)
    return tower.eval(), head.eval()


def contrastive_loss(similarity: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
    """InfoNCE both ways, over all that is true of a row or a column alike.

    Args:
        similarity: (texts, photos) logits.
        true: (texts, photos) 1 where the text is true of the photo; each row and column has one.
    """
    losses = [-(true * log_softmax(similarity, axis)).sum(axis) / true.sum(axis) for axis in (0, 1)]
    return torch.stack(losses).mean()


def _texts(tower: TowerNetwork, texts: Sequence[Sequence[str]]) -> torch.Tensor:
    """What the tower makes of some texts, each word looked up once, which takes a third of the time."""
    texts = list(map(spoken, texts))
    tokens = dict.fromkeys(token for text in texts for token in text)
    place = {token: number for number, token in enumerate(tokens, start=1)}
    words = tower.words(torch.from_numpy(gram_ids([[token] for token in place])[:, 0]))
    longest = max(map(len, texts))
    filled = [[*(place[token] for token in text), *[0] * (longest - len(text))] for text in texts]
    rows = torch.tensor(filled, dtype=torch.int64)  # also where no text says anything
    padded = torch.cat([torch.zeros(1, words.shape[1]), words])
    return tower.join(padded[rows], rows > 0)
