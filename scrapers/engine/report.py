"""What a crawl of a shop came to, and whether it is good enough to take the place of the last one.

The report is reports/crawl/<shop>.json; the command `crawl` prints a line of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from scrapers.engine.run import ShopCrawler
from scrapers.engine.spider import ShopSpider
from sneakers_ml.catalogue.listing import Listing
from sneakers_ml.workspace.params import CrawlChecks

__all__ = [
    "Counts",
    "Coverage",
    "RefusedRequests",
    "ShopReport",
    "Verdict",
    "coverage_of",
    "floors_after",
    "problems_of",
    "report_of",
    "verdict_of",
]

Verdict = Literal["published", "skipped", "interrupted", "unfinished", "stopped", "failed"]
"""From the best to the worst."""

_LAYOUT = "; has the shop's layout changed?"
_RARE = 0.2
"""Share of the last crawl's listings below which a field comes and goes by chance."""
_ALWAYS_THERE = frozenset(
    {"shop", "listing_id", "fetched_at", "first_seen", "product_key", "price_since", "past_offers", "delisted"}
)


@dataclass(frozen=True)
class Coverage:
    """Share of the listings with a value in a field, and the least it should be."""

    share: float
    floor: float | None = None

    @property
    def broken(self) -> bool:
        return self.floor is not None and self.share < self.floor


@dataclass(frozen=True)
class Counts:
    """What decides over a crawl, beside its coverage; `before` is None where nothing is to compare with."""

    listings: int
    before: int | None
    pages: int
    failed_pages: int
    photos: int
    failed_photos: int
    invalid: int


def coverage_of(listings: Iterable[Listing], floors: Mapping[str, float]) -> dict[str, Coverage]:
    """Share of non-empty values a field, 0 to 1; without listings every share is 0."""
    names = [name for name in Listing.model_fields if name not in _ALWAYS_THERE]
    filled = dict.fromkeys(names, 0)
    count = 0
    for count, listing in enumerate(listings, start=1):  # noqa: B007 - counted
        for name in names:
            filled[name] += getattr(listing, name) not in (None, "", (), {})
    return {name: Coverage(filled[name] / max(count, 1), floors.get(name)) for name in names}


def floors_after(floors: Mapping[str, float], before: Collection[Listing], shrink: float) -> dict[str, float]:
    """The floors, raised to `shrink` of what each field reached in the last crawl: what was there may not vanish."""
    last = coverage_of(before, {})
    kept = {name: shrink * shown.share for name, shown in last.items() if shown.share >= _RARE}
    return {name: max(floors.get(name, 0.0), kept.get(name, 0.0)) for name in {**floors, **kept}}


def problems_of(
    coverage: Mapping[str, Coverage], counts: Counts, checks: CrawlChecks, obstacle: str | None = None
) -> list[str]:
    """What speaks against publishing, a sentence each; empty when nothing does.

    Args:
        coverage: share of the listings by field.
        counts: what else decides.
        checks: how much is too much.
        obstacle: why most of the failed pages failed, if it was not that they could not be read.
    """
    failed = f"{counts.failed_pages:,} page{'s' if counts.failed_pages > 1 else ''} failed"
    if not counts.listings:
        pages = f", and {failed}" if counts.failed_pages else ""
        return [f"no listing was found{pages}{f': {obstacle}' if obstacle else _LAYOUT}"]
    why = f"; {failed}: {obstacle}" if obstacle else _LAYOUT
    found = [
        f"only {shown.share:.0%} of the listings have {name}, the least is {shown.floor:.0%}{why}"
        for name, shown in coverage.items()
        if shown.broken
    ]
    if counts.before is not None and counts.listings < checks.shrink * counts.before:
        found.append(f"only {counts.listings:,} listings were found, the last crawl had {counts.before:,}")
    shares = (
        ("pages", counts.failed_pages, counts.pages + counts.failed_pages, checks.failed_pages),
        ("photos", counts.failed_photos, counts.photos + counts.failed_photos, checks.failed_photos),
        ("items", counts.invalid, counts.listings + counts.invalid, checks.invalid),
    )
    found += [
        f"{bad:,} of {all_:,} {what} failed, more than {most:.0%}"
        for what, bad, all_, most in shares
        if bad > most * all_
    ]
    return found


def verdict_of(
    crawler: ShopCrawler, coverage: Mapping[str, Coverage], error: BaseException | None
) -> tuple[Verdict, list[str]]:
    """Whether a crawl that has ended is good enough, and what speaks against it."""
    run, journal, figures = crawler.run, crawler.run.journal, crawler.figures
    if error is not None:
        return "failed", [f"the crawl broke off: {type(error).__name__}: {error}"]
    if run.stop_reason is not None:
        return ("interrupted" if run.interrupted else "stopped"), [run.stop_reason]
    reason = str(figures.get("finish_reason", "unknown"))
    if reason != "finished" and not reason.startswith("limit"):
        return "failed", [f"the crawl ended before its time: {reason}"]
    counts = Counts(
        listings=len(journal.listings),
        before=len(run.on_sale_before) if run.limit is None else None,
        pages=int(figures.get("crawl/pages", 0)),
        failed_pages=len(run.failed_pages),
        photos=sum(len(listing.photo_files) for listing in journal.listings.values()),
        failed_photos=len(journal.failed_photos),
        invalid=len(run.invalid_items),
    )
    problems = problems_of(coverage, counts, run.params.checks, _obstacle(crawler))
    return ("failed" if problems else "published"), problems


def _obstacle(crawler: ShopCrawler) -> str | None:
    """Why most of the failed pages were not to be had; None where most came, and could not be read."""
    spider, failed = crawler.spider, crawler.run.failed_pages
    unreadable = spider.unreadable if isinstance(spider, ShopSpider) else {}
    whys = Counter(why for url, why in failed.items() if unreadable.get(url, why))
    if whys.total() * 2 <= len(failed):
        return None
    return whys.most_common(1)[0][0].replace("Forbidden by", "forbidden by")


@dataclass(frozen=True)
class Problem:
    """Something that went wrong at an address."""

    where: str
    why: str


@dataclass(frozen=True)
class RefusedRequests:
    """Requests that were not made."""

    host: str
    why: str
    times: int


class ShopReport(BaseModel):
    """One run over one shop.

    `published`: the result is in data/raw. `failed`: it was not good enough. `stopped`: the shop failed or a limit was
    met, and `interrupted`: the user stopped it; both can be resumed. `unfinished`: it goes on, or its process was
    killed and it can be resumed. `skipped`: it was not begun. Unless published, the last good data is as it was.
    Pages, requests, bytes and seconds are those of this process; items and photos those of the whole run.
    """

    model_config = ConfigDict(frozen=True)

    shop: str
    base: str
    verdict: Verdict
    problems: list[str]
    now: AwareDatetime
    resumed: bool = False
    seconds: float = 0.0
    pages: int = 0
    pages_from_cache: int = 0
    pages_unchanged: int = 0
    failed_pages: list[Problem] = []
    requests: int = 0
    retries: int = 0
    seconds_waited: float = 0.0
    bytes: int = 0
    items: int = 0
    items_resumed: int = 0
    invalid_items: list[Problem] = []
    listings: int = 0
    photos: int = 0
    photos_fetched: int = 0
    thumbnails: int = 0
    failed_photos: list[Problem] = []
    refused: list[RefusedRequests] = []
    robots_forbidden: int = 0
    errors: dict[str, int] = {}
    warnings: int = 0
    read_from: dict[str, int] = {}
    notes: dict[str, int] = {}
    """What is to be known of the data, and how often it was met: currencies that were assumed, localised shops."""
    coverage: dict[str, Coverage] = {}

    @property
    def published(self) -> bool:
        return self.verdict == "published"


def report_of(
    crawler: ShopCrawler, verdict: Verdict, problems: list[str], *, listings: int, coverage: Mapping[str, Coverage]
) -> ShopReport:
    """Gather the figures of a run that has ended; `listings` are those on sale in what is published."""
    run, figures = crawler.run, crawler.figures

    def figure(key: str) -> int:
        return int(figures.get(key, 0))

    failed_photos = run.journal.failed_photos
    return ShopReport(
        shop=run.shop,
        base=run.base.url,
        verdict=verdict,
        problems=problems,
        now=run.state.now,
        resumed=run.resumed,
        seconds=round(run.seconds, 2),
        pages=figure("crawl/pages"),
        pages_from_cache=figure("httpcache/hit"),
        pages_unchanged=figure("httpcache/revalidate"),
        failed_pages=[Problem(url, why) for url, why in run.failed_pages.items()],
        requests=figure("downloader/request_count"),
        retries=figure("retry/count"),
        seconds_waited=round(float(figures.get("crawl/waited", 0.0)), 2),
        bytes=run.received,
        items=len(run.journal.listings),
        items_resumed=figure("crawl/resumed"),
        invalid_items=[Problem(where, why) for where, why in run.invalid_items],
        listings=listings,
        photos=len({file for listing in run.journal.listings.values() for file in listing.photo_files}),
        photos_fetched=figure("file_status_count/downloaded"),
        thumbnails=len(run.journal.photo_problems) - len(failed_photos),
        failed_photos=[Problem(photo.url, photo.why) for photo in failed_photos],
        refused=[RefusedRequests(host, why, times) for (host, why), times in run.refused.items()],
        robots_forbidden=figure("robotstxt/forbidden"),
        errors=_errors(figures),
        warnings=run.warnings,
        read_from=_tail_counts(figures, "shop/from/"),
        notes=_tail_counts(figures, "shop/note/"),
        coverage=dict(coverage),
    )


def _tail_counts(figures: Mapping[str, Any], prefix: str) -> dict[str, int]:
    return {key.removeprefix(prefix): int(figures[key]) for key in sorted(figures) if key.startswith(prefix)}


def _errors(figures: Mapping[str, Any]) -> dict[str, int]:
    """How often each kind of failure was met, retried ones included: statuses from 400 up, exceptions by name.

    Requests that were refused stand apart, in `refused`.
    """
    statuses = _tail_counts(figures, "downloader/response_status_count/")
    kinds = {f"HTTP {status}": count for status, count in statuses.items() if int(status) >= 400}
    for prefix in ("downloader/exception_type_count/", "spider_exceptions/"):
        kinds |= {name.rpartition(".")[2]: count for name, count in _tail_counts(figures, prefix).items()}
    return {kind: count for kind, count in kinds.items() if kind not in ("count", "IgnoreRequest")}
