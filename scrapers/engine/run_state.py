"""How far a shop's crawl has come: state.json, and the lock that keeps a second crawl out."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from sneakers_ml.errors import SneakersError
from sneakers_ml.files import write_atomically

__all__ = ["RunState", "locked", "read_state", "write_state"]


class RunState(BaseModel):
    """One run over one shop.

    `now` is the time that all its listings are stamped with; `started` (seconds since 1970, by the machine's clock)
    tells this run's cached pages from older ones. A run is `open` until its result is published, whatever has ended it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str
    now: AwareDatetime
    started: float
    progress: Literal["open", "finished"] = "open"

    @classmethod
    def begin(cls, base: str, now: AwareDatetime) -> RunState:
        """A run that begins at this moment."""
        return cls(base=base, now=now, started=time.time())


def read_state(path: Path) -> RunState | None:
    """The last run, None where there was none or its state cannot be read."""
    try:
        return RunState.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def write_state(path: Path, state: RunState) -> None:
    """Keep the state; the old one stays until the new one is whole."""
    write_atomically(path, state.model_dump_json(indent=2).encode() + b"\n")


@contextmanager
def locked(path: Path, shop: str) -> Iterator[None]:
    """Hold a shop's lock; the operating system lets go of it when the process ends, however it ends.

    Raises:
        SneakersError: another process crawls the shop in this workspace.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            owner = file.read(20).strip() or "unknown"
            raise SneakersError(
                f"{shop} is being crawled by another process (pid {owner}) in this workspace; wait for it or stop it"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
