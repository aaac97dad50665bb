"""Life of the bot: connect however long it takes, poll, and stop cleanly when asked to."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress
from typing import Any, TypeAlias

from telegram import Update
from telegram.error import InvalidToken, NetworkError, RetryAfter
from telegram.ext import Application

from bot import commands, problems
from sneakers_ml.errors import SettingsError

__all__ = ["App", "poll"]

App: TypeAlias = Application[Any, Any, Any, Any, Any, Any]

LONGEST_PAUSE_S = 30.0

log = logging.getLogger(__name__)


async def poll(application: App) -> None:
    """Answer until SIGINT or SIGTERM; photos that are under way then are still answered.

    Raises:
        SettingsError: Telegram rejected the token.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt there
            loop.add_signal_handler(number, stop.set)
    serving = asyncio.create_task(_begin(application))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            serving.result()
            await stop.wait()
    finally:
        for task in (serving, stopping):
            task.cancel()
        await asyncio.gather(serving, stopping, return_exceptions=True)
        if application.updater is not None and application.updater.running:
            await application.updater.stop()
        if application.running:
            await application.stop()
        await application.shutdown()
        await application.bot.shutdown()  # the line above skips it where the application never got to initialise
    log.info("stopped")


async def _begin(application: App) -> None:
    await _connect(application)
    await commands.announce(application.bot)
    updater = application.updater
    assert updater is not None  # noqa: S101 - the builder makes one unless told not to
    await updater.start_polling(
        bootstrap_retries=-1, allowed_updates=[Update.MESSAGE], error_callback=problems.polling_failed
    )
    await application.start()
    log.info("@%s answers", application.bot.username)


async def _connect(application: App) -> None:
    """Ask Telegram who we are until it answers: a bot that starts before its network should not need a restart."""
    pause = 1.0
    while True:
        try:
            await application.initialize()
        except InvalidToken:
            # Telegram's library puts the token into this error's text: keep it out of sight.
            raise SettingsError("TELEGRAM_TOKEN was rejected by Telegram; get a new one from @BotFather") from None
        except RetryAfter as error:
            wait = error.retry_after
            pause = wait if isinstance(wait, (int, float)) else wait.total_seconds()
        except NetworkError as error:
            log.warning("Telegram cannot be reached, next attempt in %g s: %s", pause, error)
        else:
            return
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_S)
