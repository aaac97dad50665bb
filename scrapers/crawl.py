"""Crawl shops, all at once, in one process with one crawler a shop.

Twisted's reactor cannot be started twice, so a process can call `crawl` once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, TypeVar, cast

from scrapy.utils.log import configure_logging
from scrapy.utils.reactor import install_reactor
from twisted.internet.base import ReactorBase

from scrapers.engine.finishing import finish
from scrapers.engine.folders import ShopFolder, crawl_log
from scrapers.engine.preparing import prepare
from scrapers.engine.run import run_of
from scrapers.engine.run_report import ShopReport
from scrapers.engine.run_state import locked
from scrapers.engine.spider import ShopSpider
from scrapers.engine.supervisor import Progress, Standing, oversee
from scrapers.extract.addresses import Address, GuardedResolver, proxy_hosts
from scrapers.registry import SHOPS, load_spider
from scrapers.settings import TWISTED_REACTOR
from sneakers_ml.errors import UsageError
from sneakers_ml.workspace.params import CrawlParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["Progress", "ShopReport", "Standing", "crawl"]

_LOG_BYTES = 20 * 2**20
T = TypeVar("T")


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
    progress: Progress = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
    registry: Mapping[str, str] = SHOPS,
) -> list[ShopReport]:
    """Crawl shops into data/raw/<shop>; a shop that fails keeps its last good data and harms no other.

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
        progress: hears how the shops stand.
        tell: hears lines that the user should know before the crawl begins.
        registry: the shops there are.

    Raises:
        UsageError: an unknown shop, an address that is none, or no contact.
        SneakersError: a shop is being crawled already, or the disk is too full.
    """
    names = list(dict.fromkeys(shops)) or list(registry)
    spiders = {name: load_spider(name, registry) for name in names}
    told = {**params.base, **(bases or {})}
    named = aliases or {}
    addresses = {name: Address.parse(told.get(name, spider.home), named.get(name)) for name, spider in spiders.items()}
    _check_contact(addresses, contact)
    trusted = proxy_hosts() | {addresses[name].host for name in names if name in told}
    with ExitStack() as stack:
        folders = {name: ShopFolder(workspace, name) for name in names}
        for name, folder in folders.items():
            stack.enter_context(locked(folder.lock, name))
        stack.enter_context(_logging_to(crawl_log(workspace, names)))
        reactor = _reactor()
        resolver = GuardedResolver(reactor, trusted)
        resolver.install_on_reactor()
        prepared = [
            prepare(
                folders[name],
                spiders[name],
                addresses[name],
                params,
                resolver,
                contact=contact,
                resume=resume,
                limit=limit,
                now=now or datetime.now(UTC),
            )
            for name in names
        ]
        for shop in prepared:
            if shop.note:
                tell(shop.note)
        errors = _run(reactor, oversee([shop.crawler for shop in prepared], limit, progress))
        return [finish(shop, error) for shop, error in zip(prepared, errors, strict=True)]


def _check_contact(addresses: Mapping[str, Address], contact: str | None) -> None:
    """Whoever asks a shop that is not their own says who they are."""
    real = [name for name, address in addresses.items() if not address.loopback]
    if real and not contact:
        raise UsageError(
            f"crawling {', '.join(real)} needs a contact that shops can read in the user agent: set CRAWL_CONTACT to"
            " your mail or web address, in the environment or .env; `sneakers crawl --demo` works without"
        )


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
            run_of(spider.crawler).warnings += 1


def _reactor() -> ReactorBase:
    install_reactor(TWISTED_REACTOR)
    from twisted.internet import reactor

    return cast("ReactorBase", reactor)


def _run(reactor: ReactorBase, main: Coroutine[Any, Any, T]) -> T:
    """Run the reactor, which is asyncio's loop underneath, until a coroutine is done."""
    task = asyncio.get_event_loop().create_task(main)
    task.add_done_callback(lambda _: reactor.stop())
    reactor.run(installSignalHandlers=False)
    return task.result()
