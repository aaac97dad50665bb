"""Crawl shops, all at once, in one process with one crawler a shop; `scrapers.processes` is several of these.

Twisted's reactor cannot be started twice, so a process can call `crawl` once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import cast

from scrapy.utils.log import configure_logging
from scrapy.utils.reactor import install_reactor
from twisted.internet.base import ReactorBase

from scrapers.engine.addresses import Address, GuardedResolver
from scrapers.engine.lifecycle import OnCrawlProgress, ShopProgress, StopOrder, finish, prepare, supervise
from scrapers.engine.report import ShopReport
from scrapers.engine.run import shop_crawler
from scrapers.engine.shop_folder import ShopFolder
from scrapers.engine.spider import ShopSpider
from scrapers.registry import SHOPS, load_spider
from scrapers.settings import TWISTED_REACTOR
from sneakers_ml.addresses import proxy_hosts
from sneakers_ml.errors import SneakersError, UsageError
from sneakers_ml.workspace.params import CrawlParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["OnCrawlProgress", "ShopProgress", "ShopReport", "StopOrder", "addresses_of", "crawl", "skipped"]

_LOG_BYTES = 20 * 2**20


def crawl(
    workspace: Workspace,
    shops: Sequence[str],
    params: CrawlParams,
    *,
    contact: str | None = None,
    resume: bool = False,
    limit: int | None = None,
    bases: Mapping[str, str] | None = None,
    aliases: Mapping[str, str] | None = None,
    now: datetime | None = None,
    on_progress: OnCrawlProgress = lambda _: None,
    on_message: Callable[[str], None] = lambda _: None,
    stop: Callable[[], StopOrder | None] = lambda: None,
    registry: Mapping[str, str] = SHOPS,
) -> list[ShopReport]:
    """Crawl shops into data/raw/<shop>; a shop that fails keeps its last good data and harms no other.

    A shop that another process crawls already is skipped. Shops of one address have their turn one after another.

    Args:
        workspace: where data/ and reports/ lie.
        shops: names from `registry`; none: all.
        params: manners, limits and checks.
        contact: mail or web address for the user agent; needed unless all shops are on this machine.
        resume: go on with unfinished crawls.
        limit: listings a shop; others that are known stay.
        bases: addresses of shops in place of their own; they come before those of `params`.
        aliases: addresses that stand in what is kept, for shops that move, such as the demo's.
        now: the time that listings are stamped with; None: the present.
        on_progress: called with how far the shops have come.
        on_message: called with lines that the user should know before the crawl begins.
        stop: asked every half second whether all are to end in order, as they do on Ctrl-C.
        registry: the shops there are.

    Returns:
        A report a shop, in the order of `shops`.

    Raises:
        UsageError: an unknown shop, an address that is none, or no contact.
        SneakersError: all shops are being crawled already, or the disk is too full.
    """
    given = {**params.base, **(bases or {})}
    addresses = addresses_of(shops, given, aliases=aliases, contact=contact, registry=registry)
    now = now or datetime.now(UTC)
    with ExitStack() as stack:
        folders: dict[str, ShopFolder] = {}
        busy: dict[str, str] = {}
        for name in addresses:
            folder = ShopFolder(workspace, name)
            try:
                stack.enter_context(folder.locked())
                folders[name] = folder
            except SneakersError as error:
                busy[name] = str(error)
        if not folders:
            raise SneakersError("; ".join(busy.values()))
        stack.enter_context(_logging_to(next(iter(folders.values())).root / "crawl.log"))
        install_reactor(TWISTED_REACTOR)
        from twisted.internet import reactor as installed

        reactor = cast("ReactorBase", installed)
        resolver = GuardedResolver(reactor, proxy_hosts() | {addresses[name].host for name in folders if name in given})
        resolver.install_on_reactor()
        crawlers = [
            prepare(
                folder,
                load_spider(name, registry),
                addresses[name],
                params=params,
                resolver=resolver,
                contact=contact,
                resume=resume,
                limit=limit,
                now=now,
                on_message=on_message,
            )
            for name, folder in folders.items()
        ]
        task = asyncio.get_event_loop().create_task(supervise(crawlers, on_progress, stop))
        task.add_done_callback(lambda _: reactor.stop())
        reactor.run(installSignalHandlers=False)  # asyncio's loop underneath
        ended = [finish(crawler, error) for crawler, error in zip(crawlers, task.result(), strict=True)]
    reports = {report.shop: report for report in ended}
    return [reports.get(name) or skipped(name, addresses[name], busy[name], now) for name in addresses]


def addresses_of(
    shops: Sequence[str],
    given: Mapping[str, str],
    *,
    aliases: Mapping[str, str] | None,
    contact: str | None,
    registry: Mapping[str, str],
) -> dict[str, Address]:
    """The addresses of shops (none: all), as `given` or their own.

    Raises:
        UsageError: an unknown shop, an address that is none, or no contact.
    """
    spiders = {name: load_spider(name, registry) for name in dict.fromkeys(shops or registry)}
    addresses = {
        name: Address.parse(given.get(name, spider.home), (aliases or {}).get(name)) for name, spider in spiders.items()
    }
    foreign = [name for name, address in addresses.items() if not address.loopback]
    if foreign and not contact:
        raise UsageError(
            f"crawling {', '.join(foreign)} needs a contact that shops can read in the user agent: set CRAWL_CONTACT to"
            " your mail or web address, in the environment or .env; `sneakers crawl --demo` works without"
        )
    return addresses


def skipped(shop: str, base: Address, why: str, now: datetime) -> ShopReport:
    """The report of a shop whose crawl was not begun; it is not written, as its file may be another process's."""
    return ShopReport(shop=shop, base=base.url, verdict="skipped", problems=[why], now=now)


@contextmanager
def _logging_to(path: Path) -> Iterator[None]:
    """Scrapy's log goes to a file, and the one before it is kept; nothing of it on screen."""
    path.parent.mkdir(parents=True, exist_ok=True)
    configure_logging({"LOG_INSTALL_ROOT_HANDLER": False})
    logging.getLogger("scrapy").setLevel(logging.INFO)  # Scrapy would have every item and request written down
    handler = RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    level = root.level
    counter = _WarningCounter(logging.WARNING)
    for each in (handler, counter):
        root.addHandler(each)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        for each in (handler, counter):
            root.removeHandler(each)
        root.setLevel(level)
        handler.close()


class _WarningCounter(logging.Handler):
    """Counts warnings for the shop they are about; Scrapy's own counter gives every shop those of all."""

    def emit(self, record: logging.LogRecord) -> None:
        spider = getattr(record, "spider", None)
        if isinstance(spider, ShopSpider):
            shop_crawler(spider.crawler).run.warnings += 1
