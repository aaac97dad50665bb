"""Crawl many shops in several processes: each crawls its share of the shops as one process alone would.

Nothing is shared but the workspace, in which every shop has its own lock and journal. A process that is killed costs
what its shops had under way, which can be resumed. Where the process that started them dies, the others end in order.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import FrameType
from typing import Any

from pydantic import ValidationError

from scrapers.crawl import OnCrawlProgress, ShopProgress, ShopReport, StopOrder, addresses_of, crawl, skipped
from scrapers.engine.addresses import Address
from scrapers.engine.shop_folder import ShopFolder
from scrapers.registry import SHOPS
from sneakers_ml.errors import SneakersError
from sneakers_ml.workspace.params import CrawlParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["crawl_in_processes", "shares"]

_TICK = 0.5
"""Seconds between two looks."""


@dataclass
class _Worker:
    """A process, the shops that are its share, and what it has told so far."""

    process: SpawnProcess
    pipe: Connection[Any, Any]
    progress: dict[str, ShopProgress]
    reports: dict[str, ShopReport] = field(default_factory=dict)
    refusal: str | None = None
    """Why it did not begin."""
    problem: str | None = None
    """What broke it off."""

    def order(self, order: StopOrder) -> None:
        """Have it end in order."""
        with suppress(OSError):  # it has ended
            self.pipe.send(order)

    @property
    def end(self) -> str:
        """What its process came to, once it has ended without reports."""
        if self.problem is not None:
            return self.problem
        code = self.process.exitcode or 0
        return (
            f"its process was killed by {signal.Signals(-code).name}" if code < 0 else f"its process ended with {code}"
        )

    def hear(self, on_message: Callable[[str], None]) -> bool:
        """Take in one thing that it tells; returns whether there may be more."""
        try:
            told = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            self.progress = {shop: replace(progress, done=True) for shop, progress in self.progress.items()}
            return False
        match told:
            case "message", line:
                on_message(line)
            case "progress", shops:
                self.progress.update((shop.shop, shop) for shop in shops)
            case "reports", reports:
                self.reports = {report.shop: report for report in reports}
            case "refusal", why:
                self.refusal = why
            case "problem", why:
                self.problem = why
        return True


def crawl_in_processes(
    workspace: Workspace,
    shops: Sequence[str],
    params: CrawlParams,
    *,
    processes: int,
    contact: str | None = None,
    resume: bool = False,
    limit: int | None = None,
    bases: Mapping[str, str] | None = None,
    aliases: Mapping[str, str] | None = None,
    now: datetime | None = None,
    on_progress: OnCrawlProgress = lambda _: None,
    on_message: Callable[[str], None] = lambda _: None,
    registry: Mapping[str, str] = SHOPS,
) -> list[ShopReport]:
    """Crawl shops as `crawl` does, shared out over processes; call it in the main thread.

    The first Ctrl-C or SIGTERM ends all in order, the second at once; both can be resumed.

    Args:
        workspace: where data/ and reports/ lie.
        shops: names from `registry`; none: all.
        params: manners, limits and checks; `limits.run_bytes` holds for all processes together.
        processes: how many there are at most; shops of one address stay in one.
        contact: as for `crawl`, like all that follows.

    Returns:
        A report a shop, in the order of `shops`. One whose process was killed is `unfinished`, with the figures that
        were reported last.

    Raises:
        UsageError: an unknown shop, an address that is none, or no contact.
        SneakersError: no shop could be begun: all are being crawled already, or the disk is too full.
    """
    given = {**params.base, **(bases or {})}
    addresses = addresses_of(shops, given, aliases=aliases, contact=contact, registry=registry)
    now = now or datetime.now(UTC)
    options = {"contact": contact, "resume": resume, "limit": limit, "bases": bases, "aliases": aliases, "now": now}
    files = {shop: ShopFolder(workspace, shop).report for shop in addresses}
    before = {shop: _read_report(file) for shop, file in files.items()}
    workers: list[_Worker] = []
    with _stopped_by_signals(workers) as asked:
        workers += [
            _start(workspace, share, params, {**options, "registry": dict(registry)})
            for share in shares(addresses, processes)
        ]
        for progress in _followed(workers, params, asked, on_message):
            on_progress([progress[shop] for shop in addresses])
    reports: dict[str, ShopReport] = {}
    for worker in workers:
        reports |= worker.reports
        for shop in worker.progress.keys() - worker.reports.keys():
            report = skipped(shop, addresses[shop], worker.refusal or worker.end, now)
            if worker.refusal is None:
                written = _read_report(files[shop])  # which tells of this crawl, if it has got as far as that
                if written is not None and written != before[shop]:
                    report = written
                if report.verdict in ("skipped", "unfinished"):
                    update = {"verdict": "interrupted" if asked else "unfinished", "problems": [worker.end]}
                    report = report.model_copy(update=update)
            reports[shop] = report
    if all(report.verdict == "skipped" for report in reports.values()):
        raise SneakersError("; ".join(dict.fromkeys(report.problems[0] for report in reports.values())))
    return [reports[shop] for shop in addresses]


def _followed(
    workers: Sequence[_Worker], params: CrawlParams, asked: Sequence[int], on_message: Callable[[str], None]
) -> Iterator[dict[str, ShopProgress]]:
    """How far all shops have come, now and then until all processes have ended; tells them to stop when they must."""
    told = False
    talking = {worker.pipe: worker for worker in workers}
    while talking:
        for pipe in wait(list(talking), timeout=_TICK):
            if isinstance(pipe, Connection) and not talking[pipe].hear(on_message):
                del talking[pipe]
        progress = {shop: come for worker in workers for shop, come in worker.progress.items()}
        most = params.limits.run_bytes
        order = None
        if asked:
            order = StopOrder()
        elif sum(come.bytes for come in progress.values()) > most:
            order = StopOrder(f"more than {most:,} bytes came from all shops", interrupted=False)
        if order and not told:
            told = True
            for worker in workers:
                worker.order(order)
        yield progress


def shares(addresses: Mapping[str, Address], processes: int) -> list[list[str]]:
    """Deal shops out to at most so many processes, as many to each as can be; shops of one address stay together."""
    sites: dict[tuple[str, int | None], list[str]] = {}
    for shop, address in addresses.items():
        sites.setdefault(address.site, []).append(shop)
    dealt: list[list[str]] = [[] for _ in range(min(processes, len(sites)))]
    for together in sorted(sites.values(), key=len, reverse=True):
        min(dealt, key=len).extend(together)
    return dealt


def _start(workspace: Workspace, shops: list[str], params: CrawlParams, options: Mapping[str, Any]) -> _Worker:
    """Start a process, which no Ctrl-C of the terminal reaches: it is told to stop."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, workspace, shops, params, options))
    resource_tracker.ensure_running()  # its start, which the first process would bring about, lifts every block
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        theirs.close()
    return _Worker(process, ours, {shop: ShopProgress(shop, 0, 0, 0, 0, 0, 0.0, done=False) for shop in shops})


def _work(
    pipe: Connection[Any, Any], workspace: Workspace, shops: list[str], params: CrawlParams, options: Mapping[str, Any]
) -> None:
    """Crawl in this process, and tell the one that started it."""

    def tell(kind: str, what: object) -> None:
        with suppress(OSError):  # nobody listens any more; `stop` sees to that
            pipe.send((kind, what))

    def stop() -> StopOrder | None:
        try:
            order: StopOrder | None = pipe.recv() if pipe.poll() else None
        except (EOFError, OSError):
            return StopOrder("the process that started it was killed")
        return order

    try:
        reports = crawl(
            workspace,
            shops,
            params,
            on_progress=lambda shops: tell("progress", list(shops)),
            on_message=lambda line: tell("message", line),
            stop=stop,
            **options,
        )
        tell("reports", reports)
    except SneakersError as error:
        tell("refusal", str(error))
    except OSError as error:
        tell("problem", f"{error.filename or workspace.root}: {error.strerror or error}")


@contextmanager
def _stopped_by_signals(workers: Sequence[_Worker]) -> Iterator[list[int]]:
    """Gather the first signal that asks to stop; the second kills at once, which loses nothing."""
    asked: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        if asked:
            for worker in workers:
                worker.process.kill()
            os._exit(130)
        asked.append(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for worker in workers:
            worker.pipe.close()
            worker.process.join()
        for number, handler in before.items():
            signal.signal(number, handler)


def _read_report(file: Path) -> ShopReport | None:
    try:
        return ShopReport.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None
