from __future__ import annotations

import numpy as np
import pytest
import torch

from sneakers_ml.networks.losses.supcon import SupCon, SupConParams
from sneakers_ml.networks.objective import Pairs


def unit(*shape, seed):
    rows = torch.from_numpy(np.random.default_rng(seed).normal(size=shape)).float()
    return torch.nn.functional.normalize(rows, dim=1)


def test_is_the_formula_of_the_paper_over_pairs_that_are_known():
    """Khosla et al., equation 2, whose sum below the fraction is of positives and negatives, not of neutral pairs."""
    vectors, temperature = unit(3, 5, seed=0), 0.2
    others = torch.cat([vectors, unit(4, 5, seed=1)])
    positives = torch.zeros(3, 7, dtype=torch.bool)
    negatives = torch.zeros(3, 7, dtype=torch.bool)
    positives[0, [1, 3]] = positives[1, 0] = True  # the third photo has none, and no say
    negatives[0, [2, 4]] = negatives[1, [2, 5, 6]] = negatives[2, [0, 1]] = True

    similarity = vectors.numpy().astype(float) @ others.numpy().astype(float).T / temperature
    expected = []
    for anchor in (0, 1):
        known = np.exp(similarity[anchor][(positives | negatives)[anchor].numpy()]).sum()
        terms = [np.log(np.exp(similarity[anchor, other]) / known) for other in positives[anchor].nonzero().ravel()]
        expected.append(-np.mean(terms))

    loss = SupCon(SupConParams(temperature=temperature), 5, 0)
    value = loss(Pairs(vectors, others, positives, negatives, torch.zeros(3)))
    assert value.item() == pytest.approx(np.mean(expected), rel=1e-5)


def test_no_known_pair_is_no_loss():
    vectors = unit(2, 5, seed=0).requires_grad_()
    nothing = torch.zeros(2, 2, dtype=torch.bool)
    value = SupCon(SupConParams(), 5, 0)(Pairs(vectors, vectors.detach(), nothing, nothing, torch.zeros(2)))
    value.backward()
    assert value == 0
