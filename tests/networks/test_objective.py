from __future__ import annotations

import pytest
import torch
from torch import nn

from sneakers_ml.errors import ParamsError, UsageError
from sneakers_ml.networks.objective import SimilarityObjective, make_objectives
from tests.networks.builders import known, toy_params

#                    0  1  2  3  4   5  6  7
PHOTOS = known(
    label=[0, 0, 0, 0, 0, 0, 1, 0],
    source=[0, 0, 0, 0, 1, 0, 1, 1],
    model=[0, 0, 0, 1, 2, -1, 3, 0],
    colourway=[0, 0, 1, 2, 3, -1, 4, -1],
)
ALL = torch.arange(8)


class Remembers(nn.Module):
    """A loss that keeps what it was given."""

    def forward(self, pairs):
        self.pairs = pairs
        return pairs.vectors.sum()


def objective(*, colourways=False, memory=3):
    return SimilarityObjective(Remembers(), PHOTOS, dim=2, memory=memory, colourways=colourways)


def places(mask):
    return [row.nonzero().ravel().tolist() for row in mask]


def test_models_are_alike_whatever_their_colour_and_source():
    positives, negatives = objective().pairs(ALL, ALL)
    assert places(positives) == [[1, 2, 7], [0, 2, 7], [0, 1, 7], [], [], [], [], [0, 1, 2]]
    # In one source, known models are told apart; of two sources, or without a model, only brands are.
    assert places(negatives) == [
        [3, 6],
        [3, 6],
        [3, 6],
        [0, 1, 2, 6],
        [6, 7],
        [6],
        [0, 1, 2, 3, 4, 5, 7],
        [4, 6],
    ]


def test_colourways_of_one_model_are_told_apart_where_one_source_names_both():
    positives, negatives = objective(colourways=True).pairs(ALL, ALL)
    assert places(positives) == [[1], [0], [], [], [], [], [], []]
    assert places(negatives) == [
        [2, 3, 6],
        [2, 3, 6],
        [0, 1, 3, 6],
        [0, 1, 2, 6],
        [6, 7],
        [6],
        [0, 1, 2, 3, 4, 5, 7],
        [4, 6],
    ]


def test_a_photo_is_alike_to_itself_when_it_comes_again():
    """Row 5 has no model: in the batch twice, and remembered, it is its own positive; never with itself."""
    positives, negatives = objective().pairs(torch.tensor([5, 5]), torch.tensor([5, 5, 6, 5]))
    assert places(positives) == [[1, 3], [0, 3]]
    assert places(negatives) == [[2], [2]]


def test_batches_before_are_remembered_the_latest_first():
    """Vectors name their rows, so that what is remembered can be read."""
    one = objective(memory=3)
    seen = []
    for batch in ([0, 3], [6, 1], [2, 4]):
        rows = torch.tensor(batch)
        vectors = torch.stack([rows.float(), rows.float()], dim=1).requires_grad_()
        one(vectors, rows, torch.tensor([True, False])).backward()
        assert vectors.grad is not None
        seen.append(one.loss.pairs.others[:, 0].tolist())
        assert places(one.loss.pairs.positives | one.loss.pairs.negatives)[0] != [0]
    assert seen == [[0, 3], [6, 1, 0, 3], [2, 4, 6, 1, 0]]
    assert places(one.loss.pairs.positives) == [[3, 4], []]


def test_what_is_remembered_takes_no_gradient():
    one = objective()
    first = torch.rand(2, 2, requires_grad=True)
    one(first, torch.tensor([0, 3]), torch.tensor([True, True]))
    one(torch.rand(2, 2, requires_grad=True), torch.tensor([1, 2]), torch.tensor([True, True]))
    one.loss.pairs.others.sum().backward()
    assert first.grad is None


def test_colourways_are_learnt_from_true_colours_alone():
    one = objective(colourways=True)
    one(torch.rand(3, 2), torch.tensor([0, 1, 2]), torch.tensor([True, False, True]))
    one(torch.rand(2, 2), torch.tensor([1, 3]), torch.tensor([True, False]))
    pairs = one.loss.pairs
    assert (len(pairs.vectors), len(pairs.others)) == (1, 3)
    assert places(pairs.positives) == [[1]]  # row 1 in the batch; 0 and 2 remembered
    assert pairs.numbers.tolist() == [0]


def test_a_batch_without_true_colours_says_nothing_and_is_not_remembered():
    one = objective(colourways=True)
    vectors = torch.rand(2, 2, requires_grad=True)
    value = one(vectors, torch.tensor([0, 1]), torch.tensor([False, False]))
    value.backward()
    assert value == 0
    assert vectors.grad.abs().sum() == 0
    one(torch.rand(1, 2), torch.tensor([2]), torch.tensor([True]))
    assert len(one.loss.pairs.others) == 1


def test_the_section_says_which_losses_and_how_long_they_remember():
    params = toy_params(model={"loss": "arcface"}, losses={"arcface": {"centres": 3}}, memory=9)
    objectives = make_objectives(params, PHOTOS, dims=(6, 4))
    assert [tuple(one.shape) for one in objectives.parameters()] == [(6, 4 * 3)]  # four models, three centres each
    assert {name: tuple(value.shape) for name, value in objectives.state_dict().items() if "_vectors" in name} == {
        "model._vectors": (9, 6),
        "colourway._vectors": (9, 4),
    }


def test_a_loss_that_is_not_there_or_does_not_fit_is_named():
    with pytest.raises(UsageError, match="there is no loss 'triplet'; choose from arcface, multi_similarity, supcon"):
        make_objectives(toy_params(model={"loss": "triplet"}), PHOTOS, dims=(6, 4))
    with pytest.raises(ParamsError, match=r"finetune\.losses\.supcon\.temperature: Input should be greater than 0"):
        make_objectives(toy_params(losses={"supcon": {"temperature": 0}}), PHOTOS, dims=(6, 4))
