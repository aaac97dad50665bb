"""What the crawl of a shop keeps on disk: its files, state.json, and the lock that keeps a second crawl out."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from socket import gethostname
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from sneakers_ml.errors import SneakersError
from sneakers_ml.files import write_atomically
from sneakers_ml.workspace.paths import Workspace

__all__ = ["RunState", "ShopFolder"]


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


class ShopFolder:
    """data/crawl/<shop>: the unfinished work; data/raw/<shop>: the last good result; reports/crawl/<shop>.json."""

    def __init__(self, workspace: Workspace, shop: str) -> None:
        self.shop = shop
        self.root = workspace.root / "data" / "crawl" / shop
        self.state = self.root / "state.json"
        self.journal = self.root / "journal.jsonl"
        self.cache = self.root / "cache"
        """Pages, one file an answer."""
        self.harvest = self.root / "harvest"
        """Folder in which this run's photos/ lie until they are published."""
        self.raw = workspace.source(shop)
        self.listings = self.raw / "listings.jsonl"
        self.report = workspace.reports / "crawl" / f"{shop}.json"

    def read_state(self) -> RunState | None:
        """The last run, None where there was none or its state cannot be read."""
        try:
            return RunState.model_validate_json(self.state.read_bytes())
        except (OSError, ValidationError):
            return None

    def write_state(self, state: RunState) -> None:
        """Keep the state; the old one stays until the new one is whole."""
        write_atomically(self.state, state.model_dump_json(indent=2).encode() + b"\n")

    def discard_run(self) -> None:
        """Forget a run's photos and journal."""
        shutil.rmtree(self.harvest, ignore_errors=True)
        self.journal.unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the shop's lock; the operating system lets go of it when the process ends, however it ends.

        It holds between the hosts of a shared file system too where that has locks, as NFS does.

        Raises:
            SneakersError: another process crawls the shop in this workspace, or the file system has no locks.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("a+", encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError):
                file.seek(0)
                owner, _, host = file.read(300).strip().partition(" ")
                where = f" on {host}" if host not in ("", gethostname()) else ""
                raise SneakersError(
                    f"{self.shop} is being crawled by another process (pid {owner or 'unknown'}){where} in this"
                    " workspace; wait for it or stop it"
                ) from None
            except OSError as error:
                raise SneakersError(
                    f"{file.name}: cannot be locked ({error.strerror}); crawl into a workspace on a file system with"
                    " locks"
                ) from None
            file.truncate(0)
            file.write(f"{os.getpid()} {gethostname()}\n")
            file.flush()
            yield
