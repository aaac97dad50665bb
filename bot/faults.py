"""The seam for what nobody expected: the log gets the error, the person an apology, and the bot goes on."""

from __future__ import annotations

import logging

from telegram import Update
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError
from telegram.ext import ContextTypes

from bot.texts import texts_of

__all__ = ["apologise", "polling_failed"]

log = logging.getLogger(__name__)


async def apologise(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Error handler of the application."""
    error = context.error
    if isinstance(error, Forbidden):
        log.info("an answer was not wanted: %s", error)  # the person blocked the bot meanwhile
        return
    if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
        log.warning("Telegram failed while a message was answered: %s", error)
    else:
        log.error("a message could not be answered", exc_info=error)
    if isinstance(update, Update) and update.effective_message is not None:
        try:
            await update.effective_message.reply_text(texts_of(update).failed)
        except TelegramError as second:
            log.warning("the apology could not be sent: %s", second)


def polling_failed(error: TelegramError) -> None:
    """Called when updates could not be fetched; the next attempt follows by itself."""
    log.warning("updates could not be fetched, trying again: %s", error)
