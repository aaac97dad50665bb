"""The "typing…" line above a chat, kept up while the bot works."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Message
from telegram.constants import ChatAction
from telegram.error import TelegramError

__all__ = ["showing"]

REPEAT_S = 4.5
"""Telegram drops the line after five seconds."""

log = logging.getLogger(__name__)


@asynccontextmanager
async def showing(action: ChatAction, message: Message) -> AsyncIterator[None]:
    """Show `action` in the message's chat until the body ends; a failure to show it never harms the body."""
    task = asyncio.create_task(_repeat(action, message))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _repeat(action: ChatAction, message: Message) -> None:
    while True:
        try:
            await message.reply_chat_action(action)
        except TelegramError as error:
            log.debug("chat action not shown: %s", error)
        await asyncio.sleep(REPEAT_S)
