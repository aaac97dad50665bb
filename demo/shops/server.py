"""The demo's five shops on loopback, for as long as a block lasts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from demo.render.manifest_rows import read_manifest
from demo.shops.faults import HEALTHY, Faults
from demo.shops.pages.listings import Listings
from demo.shops.stock.offer import SHOPS, STOCK_SEED
from demo.shops.stock.stock import build_stock
from demo.shops.storefront import Hit, Storefront
from sneakers_ml.errors import SneakersError, UsageError

__all__ = ["Storefronts", "storefronts"]

WAIT_SECONDS = 30.0


class Storefronts(dict[str, str]):
    """Shop -> "http://127.0.0.1:PORT"; `hits` holds every request so far, shop by shop."""

    hits: Mapping[str, list[Hit]]


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

    `shops` None is all five. Without `style_codes` no shop states one; without `json_api` the Shopify shops' .json
    paths are unknown. The listing ids are those of `folder`'s truth.csv while `seed` is the default. `port` 0 takes
    any free ones, another number that one and those after it.

    Raises:
        DataError: `folder` holds no demo.
        UsageError: there is no such shop.
        SneakersError: the port is taken.
    """
    named, faults = tuple(SHOPS if shops is None else shops), faults or {}
    for shop in (*named, *faults):
        if shop not in SHOPS:
            raise UsageError(f"The demo has no shop {shop!r}; its shops are {', '.join(SHOPS)}.")
    stock = build_stock(read_manifest(folder), seed, style_codes)
    addresses = Storefronts()
    addresses.hits = {}
    with _event_loop() as loop:
        runners = []

        def wait_for(work: Coroutine[Any, Any, Any]) -> None:
            asyncio.run_coroutine_threadsafe(work, loop).result(WAIT_SECONDS)

        try:
            for number, shop in enumerate(named):
                front = Storefront(folder, Listings(shop, stock[shop], faults.get(shop, HEALTHY)), json_api)
                runners.append(runner := web.AppRunner(front.application(), access_log=None, shutdown_timeout=0.2))
                wait_for(runner.setup())
                try:
                    wait_for(web.TCPSite(runner, host, port + number if port else 0).start())
                except OSError as error:
                    where = f"{host}:{port}" if port else host
                    raise SneakersError(
                        f"The demo's shops cannot listen on {where} ({error.strerror}); choose another port."
                    ) from error
                addresses[shop] = f"http://{host}:{runner.addresses[0][1]}"
                addresses.hits[shop] = front.hits
            yield addresses
        finally:
            for runner in runners:
                wait_for(runner.cleanup())


@contextmanager
def _event_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop that runs in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="demo-shops", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        asyncio.run_coroutine_threadsafe(loop.shutdown_default_executor(), loop).result(WAIT_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
