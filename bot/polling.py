"""Updates by long polling."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import structlog
from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.metrics import Metrics
from bot.rate_limits import seconds_of

__all__ = ["ALLOWED_UPDATES", "Poller", "Receive"]

ALLOWED_UPDATES = ("message", "callback_query", "inline_query")
"""No edits: a message is answered once."""

LONG_POLL_S = 25
SPARE_S = 10.0
LONGEST_PAUSE_S = 30.0

Receive = Callable[[list[dict[str, Any]]], Awaitable[None]]

log = structlog.get_logger(__name__)


class Poller:
    """Fetches updates until cancelled.

    The library's own updater asks for the next updates, and so tells Telegram that it has these, before anybody has
    handled them; and one update that it cannot parse ends every poll from then on. So this loop takes updates as they
    come over the wire, hands them to `receive`, which returns when they are on the disk, and only then asks on.
    Whatever fails is tried again, with pauses that grow.
    """

    def __init__(self, bot: Bot, receive: Receive, metrics: Metrics, proxy: str | None) -> None:
        self._bot, self._receive, self._metrics = bot, receive, metrics
        self._request = HTTPXRequest(connection_pool_size=1, read_timeout=LONG_POLL_S + SPARE_S, proxy=proxy)
        self.problem: str | None = "no updates were fetched yet"
        """What is wrong, None where the last attempt worked."""
        self.heard = time.monotonic()
        """When Telegram last answered."""

    async def run(self) -> None:
        """Fetch and hand over, for ever."""
        failures, offset, pause = 0, 0, 0.0
        async with self._request:
            await self._leave_webhook()
            while True:
                try:
                    updates = await self._fetch(offset)
                    if updates:
                        await self._receive(updates)
                        offset = max(int(update["update_id"]) for update in updates) + 1
                except Exception as error:  # noqa: BLE001 - whatever it is, a bot that lives must not be deaf
                    failures += 1
                    pause = _pause(error, failures)
                    self._failed(error, pause, failures)
                else:
                    if self.problem:
                        log.info("updates are fetched")
                    failures, pause, self.problem, self.heard = 0, 0.0, None, time.monotonic()
                await asyncio.sleep(pause)

    async def _fetch(self, offset: int) -> list[dict[str, Any]]:
        """Updates from an offset on, as soon as there are some; those before it are confirmed."""
        query = urlencode({"offset": offset, "timeout": LONG_POLL_S, "allowed_updates": json.dumps(ALLOWED_UPDATES)})
        updates = await self._request.post(f"{self._bot.base_url}/getUpdates?{query}")
        if not isinstance(updates, list):
            raise TelegramError("the answer is no list of updates")
        return updates

    async def _leave_webhook(self) -> None:
        """Telegram hands out no updates while they go to a webhook; what waits there is kept."""
        try:
            await self._bot.delete_webhook()
        except TelegramError as error:  # then polling says it, again and again
            log.warning("the webhook was not removed", why=_words(error))

    def _failed(self, error: Exception, pause: float, failures: int) -> None:
        kind = type(error).__name__
        self.problem = f"{kind}: {_words(error)}"
        self._metrics.failed(f"poll_{kind}")
        log.warning("updates could not be fetched", why=self.problem, again_in=round(pause, 1), failures=failures)


def _pause(error: Exception, failures: int) -> float:
    if isinstance(error, RetryAfter):
        return seconds_of(error)
    return float(min(2 ** min(failures - 1, 6), LONGEST_PAUSE_S)) * random.uniform(0.8, 1.2)  # noqa: S311 - no secret


def _words(error: Exception) -> str:
    """What went wrong, without the library's words that hold the token."""
    if isinstance(error, InvalidToken):
        return "Telegram knows no such token (401 or 404)"
    if isinstance(error, Conflict):
        return f"another process asks for the same updates (409): {error.message}"
    return str(error)
