"""Telegram's limits: the library's limiter, but a chat that has to wait holds up nobody else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter

__all__ = ["ChatRateLimiter", "seconds_of"]

RETRIES = 3
LONGEST_WAIT_S = 60.0


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram wants us to wait; the library gives a number or, with PTB_TIMEDELTA, a duration."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


class ChatRateLimiter(AIORateLimiter):
    """Waits out a 429 in the chat that got it; the library's own retries stop every chat meanwhile."""

    def __init__(self, messages_per_second: float) -> None:
        super().__init__(overall_max_rate=messages_per_second, max_retries=0)
        self._until: dict[object, float] = {}

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Make a request when its chat may have one.

        Raises:
            RetryAfter: Telegram wants a longer wait than we hold an answer for, or said so again and again.
        """
        chat = data.get("chat_id", endpoint)
        for attempt in range(RETRIES + 1):
            await asyncio.sleep(max(0.0, self._until.get(chat, 0.0) - time.monotonic()))
            try:
                return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
            except RetryAfter as error:
                wait = seconds_of(error) + 0.1
                if attempt == RETRIES or wait > LONGEST_WAIT_S:
                    raise
                self._until[chat] = time.monotonic() + wait
                self._forget_the_past()
        raise AssertionError("the loop returns or raises")

    def _forget_the_past(self) -> None:
        now = time.monotonic()
        self._until = {chat: until for chat, until in self._until.items() if until > now}
