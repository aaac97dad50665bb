"""Weights of a published network: from a file, the cache or the hub, or none, which is said."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit
from urllib.request import urlopen

import torch

from sneakers_ml.errors import DataError
from sneakers_ml.files import file_sha256, replacing

__all__ = ["AUTO", "RANDOM", "Hub", "State", "Weights", "find_weights"]

AUTO, RANDOM = "auto", "random"
_PIECE = 2**16

State = dict[str, torch.Tensor]
"""A network's state dict."""


@dataclass(frozen=True)
class Hub:
    """Where a network's weights are published and kept; `url` ends in -<first digits of the SHA-256>.pth."""

    name: str
    url: str
    cache: Path
    timeout: float = 10.0
    """Seconds for the connection and for each further piece of the file."""
    limit: float = 1800.0
    """Seconds for the whole file."""

    @property
    def file(self) -> Path:
        """Where torch keeps the weights too."""
        return self.cache / urlsplit(self.url).path.rpartition("/")[2]

    def owns(self, sha256: str) -> bool:
        """Whether this is the hash of the published file."""
        return sha256.startswith(self.file.stem.rpartition("-")[2])


@dataclass(frozen=True)
class Weights:
    """A state dict and where it is from; without one the network stays untrained, and `warning` may say why."""

    origin: str
    state: State | None = None
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
    if choice == RANDOM:
        return Weights(RANDOM)
    if choice == AUTO:
        reason = _fetch(hub)
        if not reason:
            return Weights(hub.name, _load(hub.file, setting))
        return Weights(RANDOM, warning=_excuse(hub, setting, reason))
    file = Path(choice).expanduser()
    if not file.is_file():
        raise DataError(f"{setting}: there is no file {file}; name a .pth file with a state dict, {AUTO} or {RANDOM}")
    return Weights(f"file {file.name} {file_sha256(file)[:12]}", _load(file, setting))


def _excuse(hub: Hub, setting: str, reason: str) -> str:
    return (
        f"{setting}: {hub.file.name} is not in {hub.cache} and {urlsplit(hub.url).hostname} did not give it ({reason}),"
        " so the network is untrained and its vectors tell little; put that file into that folder, or set"
        f" {setting} to a file with the weights"
    )


def _fetch(hub: Hub) -> str:
    """Make sure that the cache holds the published file; returns why it does not, else nothing."""
    try:
        if hub.file.is_file() and hub.owns(file_sha256(hub.file)):
            return ""
        with urlopen(hub.url, timeout=hub.timeout) as answer, replacing(hub.file) as file:  # noqa: S310 - hub's url
            _copy(answer, file, hub)
    except (OSError, HTTPException, DataError) as error:
        return " ".join(str(getattr(error, "reason", None) or error).split()) or type(error).__name__
    return ""


def _copy(answer: BinaryIO, file: BinaryIO, hub: Hub) -> None:
    """Write what the hub sends as it arrives, so that neither silence nor a trickle can take longer than allowed."""
    digest, end = hashlib.sha256(), time.monotonic() + hub.limit
    while piece := answer.read1(_PIECE):  # type: ignore[attr-defined]
        digest.update(piece)
        file.write(piece)
        if time.monotonic() > end:
            raise DataError(f"not all of it within {hub.limit:g} seconds")
    if not hub.owns(digest.hexdigest()):
        raise DataError("what came is cut short or another file")


def _load(file: Path, setting: str) -> State:
    """Read a state dict; nothing in the file is executed."""
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # noqa: BLE001 - a damaged file can make the unpickler raise anything
        reason = (str(error).splitlines() or [type(error).__name__])[0][:160]
        raise DataError(f"{setting}: {file} cannot be read as weights ({reason}); save a state dict there") from None
    if not isinstance(state, dict) or not state or not all(map(torch.is_tensor, state.values())):
        raise DataError(f"{setting}: {file} holds no state dict; save one with torch.save(network.state_dict(), file)")
    if not all(bool(tensor.isfinite().all()) for tensor in state.values()):
        raise DataError(f"{setting}: {file} holds numbers that are not finite; train the network again")
    return dict(state)
