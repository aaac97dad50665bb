"""What becomes of a crawl that has ended: judge it, publish it or leave the last good data alone, report."""

from __future__ import annotations

from collections.abc import Mapping

from scrapers.engine.cache import tidy_cache
from scrapers.engine.coverage import Counts, Coverage, coverage_of, faults_of, floors_after
from scrapers.engine.preparing import Prepared
from scrapers.engine.publish import clear, new_edition, publish
from scrapers.engine.run import STOPPING, ShopRun
from scrapers.engine.run_report import ShopReport, Stats, Verdict, make_report, write_report
from scrapers.engine.run_state import write_state
from scrapers.engine.spider import ShopSpider
from scrapers.engine.supervisor import INTERRUPTED

__all__ = ["finish"]


def finish(done: Prepared, error: BaseException | None) -> ShopReport:
    """Judge one shop's crawl, publish it if it is good enough, and write its report."""
    run, spider = done.run, done.crawler.spider
    stats: Stats = done.crawler._stats.get_stats() if done.crawler._stats is not None else {}
    floors: Mapping[str, float] = spider.floors if isinstance(spider, ShopSpider) else {}
    if isinstance(spider, ShopSpider):
        for url, why in spider.failures:
            if url not in run.trouble.moved and why != STOPPING:
                run.trouble.pages.setdefault(url, why)
    if run.limit is None:
        floors = floors_after(floors, done.before.values(), run.params.checks.shrink)
    coverage = coverage_of(run.journal.listings.values(), floors)
    verdict, problems = _judge(done, stats, coverage, error)
    listings = len(done.before)
    if verdict == "published":
        edition = new_edition(run, done.before)
        try:
            publish(run.folder, edition)
            listings = len(edition)
        except OSError as fault:
            verdict, problems = "failed", [f"{fault.filename or run.folder.raw}: {fault.strerror}"]
    report = make_report(run, stats, verdict, problems, listings=listings, coverage=coverage)
    write_report(run.folder.report, report)
    run.journal.close()
    if verdict == "published":
        _tidy(run)
    return report


def _judge(
    done: Prepared, stats: Stats, coverage: Mapping[str, Coverage], error: BaseException | None
) -> tuple[Verdict, list[str]]:
    run = done.run
    if error is not None:
        return "failed", [f"the crawl broke off: {type(error).__name__}: {error}"]
    if run.stop_reason == INTERRUPTED:
        return "interrupted", ["stopped before its end"]
    if run.stop_reason is not None:
        return "stopped", [run.stop_reason]
    reason = str(stats.get("finish_reason", "unknown"))
    if reason != "finished" and not reason.startswith("limit"):
        return "failed", [f"the crawl ended before its time: {reason}"]
    problems = faults_of(coverage, _counts(done, stats), run.params.checks)
    return ("failed" if problems else "published"), problems


def _counts(done: Prepared, stats: Stats) -> Counts:
    journal, trouble = done.run.journal, done.run.trouble
    return Counts(
        listings=len(journal.listings),
        before=len(done.before) if done.run.limit is None else None,
        pages=int(stats.get("crawl/pages", 0)),
        failed_pages=len(trouble.pages),
        photos=sum(len(listing.photo_files) for listing in journal.listings.values()),
        failed_photos=sum(not fault.thumbnail for fault in journal.faults.values()),
        invalid=len(trouble.invalid),
    )


def _tidy(run: ShopRun) -> None:
    """The result is in place: from here on there is nothing to resume."""
    write_state(run.folder.state, run.state.model_copy(update={"progress": "finished"}))
    clear(run.folder)
    tidy_cache(run.folder, run.params.cache)
