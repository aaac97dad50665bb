"""Weights of a published network: from a file, the cache or the hub, or none, which is said."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from urllib.parse import urlsplit

import torch

from sneakers_ml.errors import DataError
from sneakers_ml.features.extractor import UNTRAINED
from sneakers_ml.files import file_sha256

__all__ = ["AUTO", "Hub", "Weights", "find_weights"]

AUTO = "auto"


@dataclass(frozen=True)
class Hub:
    """Where weights are published and kept; most often `url` ends in -<first digits of their SHA-256>.pth."""

    name: str
    url: str
    cache: Path
    timeout: float = 10.0
    """Seconds that the hub may be silent."""

    @property
    def file(self) -> Path:
        """Where torch keeps the weights too."""
        return self.cache / urlsplit(self.url).path.rpartition("/")[2]


@dataclass(frozen=True)
class Weights:
    """A state dict and where it is from; without one the network stays untrained, and `warning` may say why."""

    origin: str
    state: dict[str, torch.Tensor] | None = None
    warning: str = ""


def find_weights(choice: str, hub: Hub, setting: str) -> Weights:
    """The weights that a setting asks for.

    Args:
        choice: `auto` (the cache, else the hub, else none with a warning), `random` (none) or a state dict's file.
        hub: where `auto` looks.
        setting: how params.yaml calls the choice, for messages.

    Raises:
        DataError: when the file is missing or holds no state dict.
    """
    if choice == UNTRAINED:
        return Weights(UNTRAINED)
    if choice == AUTO:
        try:
            return Weights(hub.name, _fetch(hub))
        # No hub, no room; RuntimeError: a wrong hash; the last two: a damaged file whose hash nobody knows.
        except (OSError, HTTPException, RuntimeError, EOFError, UnpicklingError) as error:
            reason = " ".join(str(getattr(error, "reason", None) or error).split()) or type(error).__name__
        return Weights(
            UNTRAINED,
            warning=f"{setting}: {hub.file.name} is not in {hub.cache} and {urlsplit(hub.url).hostname} did not give it"
            f" ({reason}), so the network is untrained and its vectors tell little; put that file into that folder, or"
            f" set {setting} to a file with the weights",
        )
    file = Path(choice).expanduser()
    if not file.is_file():
        raise DataError(f"{setting}: there is no file {file}; name a .pth file of weights, {AUTO} or {UNTRAINED}")
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)  # nothing in the file is executed
    except Exception as error:  # noqa: BLE001 - a damaged file can make the unpickler raise anything
        reason = (str(error).splitlines() or [type(error).__name__])[0][:160]
        raise DataError(f"{setting}: {file} cannot be read as weights ({reason}); save a state dict there") from None
    if not isinstance(state, dict) or not state or not all(map(torch.is_tensor, state.values())):
        raise DataError(f"{setting}: {file} holds no state dict; save one with torch.save(network.state_dict(), file)")
    if not all(bool(tensor.isfinite().all()) for tensor in state.values()):
        raise DataError(f"{setting}: {file} holds numbers that are not finite; train the network again")
    return Weights(f"file {file.name} {file_sha256(file)[:12]}", state)


def _fetch(hub: Hub) -> Any:
    """The published state dict; a file in the cache that is not the published one is fetched anew."""
    digits = hub.file.stem.rpartition("-")  # DINOv2's name has none: what lies in the cache is taken as it is
    if hub.file.is_file() and digits[1] and not file_sha256(hub.file).startswith(digits[2]):
        hub.file.unlink()
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(hub.timeout)  # torch sets none, and would wait for a silent hub for ever
    try:
        return torch.hub.load_state_dict_from_url(
            hub.url, str(hub.cache), map_location="cpu", progress=False, check_hash=True, weights_only=True
        )
    finally:
        socket.setdefaulttimeout(before)
