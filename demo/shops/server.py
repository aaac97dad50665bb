"""The demo's five shops on loopback, for as long as a block lasts."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from aiohttp import web

from demo.shops.faults import HEALTHY, Faults
from demo.shops.hits import Storefronts
from demo.shops.offer import SHOPS, STOCK_SEED
from demo.shops.pages import Shelf
from demo.shops.stock import build_stock
from demo.shops.storefront import Storefront
from demo.shops.truth import read_manifest
from sneakers_ml.errors import SneakersError, UsageError

__all__ = ["storefronts"]

LOG = logging.getLogger(__name__)
START_SECONDS = 30.0


@contextmanager
def storefronts(
    folder: Path,
    *,
    seed: int = STOCK_SEED,
    style_codes: bool = True,
    shops: Sequence[str] | None = None,
    faults: Mapping[str, Faults] | None = None,
    json_api: bool = True,
    host: str = "127.0.0.1",
    port: int = 0,
) -> Iterator[Storefronts]:
    """Serve the demo in `folder` while the block lasts; gives shop -> "http://127.0.0.1:PORT", and `hits` beside it.

    `shops` None is all five. Without `style_codes` no shop tells one; without `json_api` the Shopify shops' .json paths
    are unknown. The listing ids are those of `folder`'s truth.csv while `seed` is the default. `port` 0 takes any free
    ones, another number that one and those after it.

    Raises:
        DataError: `folder` holds no demo.
        UsageError: there is no such shop.
        SneakersError: the port is taken.
    """
    named = tuple(shops if shops is not None else SHOPS)
    for shop in (*named, *(faults or {})):
        if shop not in SHOPS:
            raise UsageError(f"The demo has no shop {shop!r}; its shops are {', '.join(SHOPS)}.")
    stock = build_stock(read_manifest(folder), seed, style_codes)
    fronts = {
        shop: Storefront(folder, Shelf(shop, stock[shop], (faults or {}).get(shop, HEALTHY)), json_api)
        for shop in named
    }
    server = _Server(fronts, host, port)
    try:
        addresses = server.start()
        yield Storefronts(addresses, {shop: front.hits for shop, front in fronts.items()})
    finally:
        server.stop()


class _Server:
    """All shops in one event loop, in a thread of its own."""

    def __init__(self, fronts: Mapping[str, Storefront], host: str, port: int) -> None:
        self.fronts, self.host, self.port = fronts, host, port
        self._started: Future[dict[str, str]] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="demo-shops", daemon=True)

    def start(self) -> dict[str, str]:
        self._thread.start()
        return self._started.result(START_SECONDS)

    def stop(self) -> None:
        if self._loop is not None and self._end is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            if self._started.done():
                LOG.exception("the demo's shops ended early")
                return
            where = f"{self.host}:{self.port}" if self.port else self.host
            self._started.set_exception(
                SneakersError(f"The demo's shops cannot listen on {where} ({error.strerror}); choose another port.")
            )

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        runners = []
        try:
            addresses = {}
            for number, (shop, front) in enumerate(self.fronts.items()):
                runner = web.AppRunner(front.application(), access_log=None, shutdown_timeout=0.2)
                runners.append(runner)
                await runner.setup()
                site = web.TCPSite(runner, self.host, self.port + number if self.port else 0)
                await site.start()
                addresses[shop] = f"http://{self.host}:{runner.addresses[0][1]}"
            self._started.set_result(addresses)
            await self._end.wait()
        finally:
            for runner in runners:
                await runner.cleanup()
