"""What a crawl of a shop came to: reports/crawl/<shop>.json, and the words on screen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from scrapers.engine.coverage import Coverage
from scrapers.engine.run import ShopRun
from sneakers_ml.files import write_atomically

__all__ = ["Fault", "Refusal", "ShopReport", "Stats", "Verdict", "make_report", "write_report"]

Stats = Mapping[str, Any]
Verdict = Literal["published", "failed", "stopped", "interrupted"]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True)


class Fault(_Row):
    """Something that went wrong at an address."""

    where: str
    why: str


class Refusal(_Row):
    """Requests that were not made."""

    host: str
    why: str
    times: int


class ShopReport(_Row):
    """One run over one shop.

    `published`: the result is in data/raw. `failed`: it was not good enough. `stopped`: the shop failed or a limit was
    met, and `interrupted`: the user stopped it; both can be resumed. Unless published, the last good data is as it was.
    Pages, requests, bytes and seconds are those of this process; items and photos those of the whole run.
    """

    shop: str
    base: str
    verdict: Verdict
    problems: list[str]
    now: AwareDatetime
    resumed: bool
    seconds: float
    pages: int
    pages_from_cache: int
    pages_unchanged: int
    failed_pages: list[Fault]
    requests: int
    retries: int
    seconds_waited: float
    bytes: int
    items: int
    items_resumed: int
    invalid_items: list[Fault]
    listings: int
    photos: int
    photos_fetched: int
    thumbnails: int
    failed_photos: list[Fault]
    refused: list[Refusal]
    robots_forbidden: int
    errors: dict[str, int]
    warnings: int
    read_from: dict[str, int]
    coverage: dict[str, Coverage]

    @property
    def published(self) -> bool:
        return self.verdict == "published"


def make_report(
    run: ShopRun,
    stats: Stats,
    verdict: Verdict,
    problems: list[str],
    *,
    listings: int,
    coverage: Mapping[str, Coverage],
) -> ShopReport:
    """Gather the figures of a run that has ended; `listings` are those published."""
    faults = run.journal.faults.values()
    return ShopReport(
        shop=run.shop,
        base=run.base.url,
        verdict=verdict,
        problems=problems,
        now=run.state.now,
        resumed=run.resumed,
        seconds=round(run.seconds, 2),
        pages=_count(stats, "crawl/pages"),
        pages_from_cache=_count(stats, "httpcache/hit"),
        pages_unchanged=_count(stats, "httpcache/revalidate"),
        failed_pages=[Fault(where=url, why=why) for url, why in run.trouble.pages.items()],
        requests=_count(stats, "downloader/request_count"),
        retries=_count(stats, "retry/count"),
        seconds_waited=round(float(stats.get("crawl/waited", 0.0)), 2),
        bytes=run.received,
        items=len(run.journal.listings),
        items_resumed=_count(stats, "crawl/resumed"),
        invalid_items=[Fault(where=where, why=why) for where, why in run.trouble.invalid],
        listings=listings,
        photos=len({file for listing in run.journal.listings.values() for file in listing.photo_files}),
        photos_fetched=_count(stats, "file_status_count/downloaded"),
        thumbnails=sum(fault.thumbnail for fault in faults),
        failed_photos=[Fault(where=fault.url, why=fault.why) for fault in faults if not fault.thumbnail],
        refused=[Refusal(host=host, why=why, times=times) for (host, why), times in run.trouble.refused.items()],
        robots_forbidden=_count(stats, "robotstxt/forbidden"),
        errors=_errors(stats),
        warnings=run.warnings,
        read_from=_tail_counts(stats, "shop/from/"),
        coverage=dict(coverage),
    )


def write_report(path: Path, report: ShopReport) -> None:
    """Write the report as JSON."""
    write_atomically(path, report.model_dump_json(indent=2).encode() + b"\n")


def _count(stats: Stats, key: str) -> int:
    return int(stats.get(key, 0))


def _tail_counts(stats: Stats, prefix: str) -> dict[str, int]:
    return {key.removeprefix(prefix): int(stats[key]) for key in sorted(stats) if key.startswith(prefix)}


def _errors(stats: Stats) -> dict[str, int]:
    """How often each kind of failure was met, retried ones included: statuses from 400 up, exceptions by name.

    Requests that were refused are told apart, in `refused`.
    """
    statuses = _tail_counts(stats, "downloader/response_status_count/")
    kinds = {f"HTTP {status}": count for status, count in statuses.items() if int(status) >= 400}
    for prefix in ("downloader/exception_type_count/", "spider_exceptions/"):
        kinds |= {name.rpartition(".")[2]: count for name, count in _tail_counts(stats, prefix).items()}
    return {kind: count for kind, count in kinds.items() if kind not in ("count", "IgnoreRequest")}
