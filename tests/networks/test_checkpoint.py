from __future__ import annotations

import re

import pytest
import torch

from sneakers_ml.errors import DataError
from sneakers_ml.networks.checkpoint import TrainingState, load_tensors, nested, save_tensors
from tests.networks.builders import small_network

TENSORS = {
    "network": {"brand.weight": torch.arange(6.0).reshape(2, 3).T, "seen": torch.tensor(7)},
    "optimizer": {"1": {"step": torch.tensor(3.0)}, "11": {"step": torch.tensor(5.0)}},
}
FACTS = {"key": "abc", "figures": {"macro_f1": 0.1 + 0.2}}


@pytest.fixture
def file(tmp_path):
    save_tensors(tmp_path / "net.checkpoint", TENSORS, FACTS)
    return tmp_path / "net.checkpoint"


def test_tensors_and_facts_come_back_as_they_were(file):
    tensors, facts = load_tensors(file)
    assert facts == FACTS
    assert sorted(tensors) == ["network/brand.weight", "network/seen", "optimizer/1/step", "optimizer/11/step"]
    assert torch.equal(tensors["network/brand.weight"], TENSORS["network"]["brand.weight"])
    assert tensors["network/seen"].dtype == torch.int64
    assert nested(tensors, "optimizer/1") == {"step": torch.tensor(3.0)}


def test_one_tensor_under_two_names_is_written_twice(tmp_path):
    shared = torch.ones(2)
    save_tensors(tmp_path / "net.checkpoint", {"one": shared, "two": shared}, {})
    assert sorted(load_tensors(tmp_path / "net.checkpoint")[0]) == ["one", "two"]


@pytest.mark.parametrize("damage", [lambda whole: b"", lambda whole: whole[:-5], lambda whole: b"PK" + whole])
def test_a_damaged_file_is_one_line_with_what_to_do(file, damage):
    file.write_bytes(damage(file.read_bytes()))
    expected = f"{file}: missing or damaged; delete it and run `sneakers finetune` again"
    with pytest.raises(DataError, match=f"^{re.escape(expected)}$"):
        load_tensors(file)


def test_a_file_without_facts_is_damaged(tmp_path):
    from safetensors.torch import save_file

    save_file({"one": torch.ones(1)}, tmp_path / "net.checkpoint")
    with pytest.raises(DataError, match="missing or damaged"):
        load_tensors(tmp_path / "net.checkpoint")


def test_a_missing_file_is_a_data_error_too(tmp_path):
    with pytest.raises(DataError, match="missing or damaged"):
        load_tensors(tmp_path / "net.checkpoint")


class TestTrainingState:
    @staticmethod
    def make():
        network = small_network().to(memory_format=torch.channels_last).train()
        objectives = torch.nn.BatchNorm1d(3)
        groups = [{"params": [one], "rate": number} for number, one in enumerate(network.parameters())]
        return TrainingState(network, objectives, torch.optim.AdamW(groups, lr=0.01))

    @classmethod
    def trained(cls):
        state = cls.make()
        for _ in range(2):
            logits, *_ = state.network(torch.rand(4, 3, 32, 32))
            logits.square().sum().backward()  # the projections have no part in it, and no moments
            state.optimizer.step()
            state.add_to_average(0.5)
            state.done += 1
        state.keep({"macro_f1": 0.25})
        state.add_to_average(0.5)
        return state

    def test_all_comes_back(self, tmp_path):
        state = self.trained()
        state.save(tmp_path / "one", "mine")
        drawn = torch.rand(3)
        other = self.make()
        assert other.restore(tmp_path / "one", "mine")
        assert torch.equal(torch.rand(3), drawn)
        assert (other.done, other.kept, other.figures) == (2, 2, {"macro_f1": 0.25})
        for name in ("average", "best"):
            mine, theirs = getattr(state, name), getattr(other, name)
            assert mine.keys() == theirs.keys()
            assert all(torch.equal(mine[key], theirs[key]) for key in mine)
        assert not torch.equal(other.average["brand.bias"], other.best["brand.bias"])
        mine, theirs = (one.optimizer.state_dict()["state"] for one in (state, other))
        assert mine.keys() == theirs.keys()
        for number, one in mine.items():
            for name, value in one.items():
                assert torch.equal(value, theirs[number][name])
                assert value.stride() == theirs[number][name].stride()

    def test_the_state_of_another_training_is_left_alone(self, tmp_path):
        self.trained().save(tmp_path / "one", "mine")
        other = self.make()
        before = other.network.brand.bias.clone()
        assert not other.restore(tmp_path / "one", "yours")
        assert not other.restore(tmp_path / "gone", "mine")
        assert torch.equal(other.network.brand.bias, before)
        assert other.done == 0

    def test_the_average_is_of_the_shares_told(self):
        """Of a bias that is 0, then 1, then 3: half of each new one makes 0.5, then 1.75."""
        state = self.make()
        values = []
        torch.nn.init.zeros_(state.network.brand.bias)
        state = TrainingState(state.network, state.objectives, state.optimizer)
        for number in (1.0, 3.0):
            torch.nn.init.constant_(state.network.brand.bias, number)
            state.add_to_average(0.5)
            values.append(state.average["brand.bias"].tolist())
        assert values == [[0.5, 0.5], [1.75, 1.75]]
        state.network.backbone.first[1].num_batches_tracked.fill_(9)
        state.add_to_average(0.5)
        assert state.average["backbone.first.1.num_batches_tracked"] == 9
