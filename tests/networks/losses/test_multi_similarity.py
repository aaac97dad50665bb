from __future__ import annotations

from math import exp, log

import pytest
import torch

from sneakers_ml.networks.losses.multi_similarity import MultiSimilarity, MultiSimilarityParams
from sneakers_ml.networks.objective import Pairs


def at(*cosines):
    """Unit vectors with these cosines to (1, 0)."""
    return torch.tensor([[cosine, (1 - cosine**2) ** 0.5] for cosine in cosines])


def value(cosines, positives, negatives, **settings):
    """Of two equal photos, (1, 0), against others with these cosines."""
    others = at(1.0, 1.0, *cosines)
    masks = torch.zeros(2, 2, len(others), dtype=torch.bool)
    for mask, places in zip(masks, (positives, negatives), strict=True):
        mask[:, [2 + place for place in places]] = True
    loss = MultiSimilarity(MultiSimilarityParams(**settings), 2, 0)
    return loss(Pairs(others[:2], others, masks[0], masks[1], torch.zeros(2))).item()


def test_the_miner_leaves_out_what_is_easy():
    """With a margin of .1: the positive at .99 and the negative at .1 are beyond the others' reach, .85 and .8 not."""
    found = value([0.85, 0.99, 0.8, 0.1], [0, 1], [2, 3], alpha=2, beta=40, base=0.5, epsilon=0.1)
    expected = log(1 + exp(-2 * (0.85 - 0.5))) / 2 + log(1 + exp(40 * (0.8 - 0.5))) / 40
    assert found == pytest.approx(expected, rel=1e-5)


def test_without_a_margin_all_that_is_in_the_wrong_order_counts():
    found = value([0.5, 0.7, 0.6], [0], [1, 2], alpha=1, beta=10, base=0.5, epsilon=0)
    expected = log(1 + exp(0)) + log(1 + exp(10 * 0.2) + exp(10 * 0.1)) / 10
    assert found == pytest.approx(expected, rel=1e-5)


def test_all_in_order_is_no_loss():
    assert value([0.9, 0.1], [0], [1]) == 0
