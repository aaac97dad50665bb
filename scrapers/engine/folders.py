"""Where the crawl of a shop keeps its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sneakers_ml.workspace.paths import Workspace

__all__ = ["ShopFolder", "crawl_log"]


@dataclass(frozen=True)
class ShopFolder:
    """data/crawl/<shop>: the unfinished work; data/raw/<shop>: the last good result; reports/crawl/<shop>.json."""

    workspace: Workspace
    shop: str

    @property
    def root(self) -> Path:
        return _crawls(self.workspace) / self.shop

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def state(self) -> Path:
        return self.root / "state.json"

    @property
    def journal(self) -> Path:
        return self.root / "journal.jsonl"

    @property
    def cache(self) -> Path:
        """Pages, one file an answer."""
        return self.root / "cache"

    @property
    def harvest(self) -> Path:
        """Folder in which this run's photos/ lie until they are published."""
        return self.root / "harvest"

    @property
    def raw(self) -> Path:
        return self.workspace.source(self.shop)

    @property
    def listings(self) -> Path:
        return self.raw / "listings.jsonl"

    @property
    def report(self) -> Path:
        return self.workspace.reports / "crawl" / f"{self.shop}.json"


def crawl_log(workspace: Workspace, shops: list[str]) -> Path:
    """The log of a crawl: the shop's own, or one for all shops of a run."""
    crawls = _crawls(workspace)
    return (crawls / shops[0] if len(shops) == 1 else crawls) / "crawl.log"


def _crawls(workspace: Workspace) -> Path:
    return workspace.root / "data" / "crawl"
