"""Where a training stands, in safetensors: nothing in a file is executed, and a run goes on to the same numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import nn
from torch.optim import Optimizer

from sneakers_ml.errors import DataError
from sneakers_ml.files import write_atomically

__all__ = ["TrainingState", "load_tensors", "nested", "save_tensors"]

_SEPARATOR = "/"

State = dict[str, torch.Tensor]


@dataclass
class TrainingState:
    """All that a training needs to go on.

    Attributes:
        network: as the last step left it.
        objectives: with the vectors that they remember.
        optimizer: with its moments.
        average: weights of the network averaged along the run (Arpit et al., "Ensemble of averages", NeurIPS 2022).
        best: the averaged weights that are kept.
        done: steps.
        kept: the step after which the best ones were had, from 1; 0: none yet.
        figures: those of the best ones on validation photos.
    """

    network: nn.Module
    objectives: nn.Module
    optimizer: Optimizer
    average: State = field(init=False)
    best: State = field(init=False)
    done: int = 0
    kept: int = 0
    figures: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.average = {name: value.clone() for name, value in self.network.state_dict().items()}
        self.best = dict(self.average)

    @torch.no_grad()
    def add_to_average(self, share: float) -> None:
        """Let the network's weights be that share of the average; whole numbers are taken as they are."""
        for name, value in self.network.state_dict().items():
            old = self.average[name]
            self.average[name] = old.lerp(value, share) if value.is_floating_point() else value.clone()

    def keep(self, figures: dict[str, float]) -> None:
        """Let the averaged weights be the best ones."""
        self.kept, self.figures, self.best = self.done, figures, dict(self.average)

    def save(self, path: Path, key: str) -> None:
        """Write it, with torch's random state and a key that tells whose it is."""
        moments = {str(number): one for number, one in self.optimizer.state_dict()["state"].items()}
        tensors = {
            "network": self.network.state_dict(),
            "objectives": self.objectives.state_dict(),
            "optimizer": moments,
            "average": self.average,
            "best": self.best,
            "random": {"cpu": torch.get_rng_state()},
        }
        if torch.cuda.is_available():
            tensors["random"]["cuda"] = torch.cuda.get_rng_state()
        facts = {"key": key, "done": self.done, "kept": self.kept, "figures": self.figures}
        save_tensors(path, tensors, facts)

    def restore(self, path: Path, key: str) -> bool:
        """Take on what was saved; False where there is nothing, or the state of another training.

        Raises:
            DataError: when the file is damaged.
        """
        if not path.exists():
            return False
        tensors, facts = load_tensors(path)
        if facts["key"] != key:
            return False
        self.network.load_state_dict(nested(tensors, "network"))
        self.objectives.load_state_dict(nested(tensors, "objectives"))
        own = self.network.state_dict()
        # The same numbers in another order in memory are added up in another order.
        self.average = {name: _like(value, own[name]) for name, value in nested(tensors, "average").items()}
        self.best = {name: _like(value, own[name]) for name, value in nested(tensors, "best").items()}
        optimizer = self.optimizer.state_dict()
        numbers = (number for group in optimizer["param_groups"] for number in group["params"])
        moments = {number: nested(tensors, f"optimizer{_SEPARATOR}{number}") for number in numbers}
        self.optimizer.load_state_dict(optimizer | {"state": {number: one for number, one in moments.items() if one}})
        for parameter, one in self.optimizer.state.items():
            one.update({name: _like(value, parameter) for name, value in one.items() if value.shape == parameter.shape})
        torch.set_rng_state(tensors["random/cpu"])
        if "random/cuda" in tensors and torch.cuda.is_available():
            torch.cuda.set_rng_state(tensors["random/cuda"])
        self.done, self.kept, self.figures = facts["done"], facts["kept"], facts["figures"]
        return True


def _like(value: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """The value where, and in the order in memory that, the other is."""
    return torch.empty_like(other, dtype=value.dtype).copy_(value)


def save_tensors(path: Path, tensors: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """Write nested mappings of tensors and, as JSON, facts about them; the file is whole or not there."""
    flat = {name: tensor.contiguous().clone() for name, tensor in _flat(tensors).items()}
    write_atomically(path, save(flat, {"facts": json.dumps(facts)}))


def load_tensors(path: Path) -> tuple[State, dict[str, Any]]:
    """Tensors by their path (`network/brand.weight`), and the facts.

    Raises:
        DataError: when the file is missing or damaged.
    """
    try:
        with safe_open(path, "pt") as file:
            names = file.keys()
            return {name: file.get_tensor(name) for name in names}, json.loads(file.metadata()["facts"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        raise DataError(f"{path}: missing or damaged; delete it and run `sneakers finetune` again") from None


def nested(tensors: State, part: str) -> State:
    """The tensors below a part, without its name."""
    prefix = part + _SEPARATOR
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _flat(tensors: Mapping[str, Any], prefix: str = "") -> State:
    found: State = {}
    for name, value in tensors.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{name}{_SEPARATOR}")
        else:
            found[f"{prefix}{name}"] = value
    return found
