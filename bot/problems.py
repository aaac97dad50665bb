"""When a photo gets no answer: what the person is told, and what the log."""

from __future__ import annotations

import logging
from html import escape

from telegram import Update
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError
from telegram.ext import ContextTypes

from bot.downloads import DownloadError, FileTooBig
from bot.texts import Texts, texts_of
from bot.worker import TooLate, TooManyPhotos
from sneakers_ml.errors import BadImage, Overloaded, SneakersError
from sneakers_ml.images import MAX_BYTES

__all__ = ["EXPECTED", "apologise", "explanation", "polling_failed"]

EXPECTED = (BadImage, Overloaded, DownloadError)
"""What may happen to a photo on a good day; anything else is a mistake of ours."""

log = logging.getLogger(__name__)


def explanation(error: SneakersError, texts: Texts) -> str | None:
    """The sentence for one of `EXPECTED`; None where the person has been told already."""
    match error:
        case BadImage(reason=reason, data=data):
            return texts.bad_image.format(reason=escape(texts.bad_image_reasons[reason].format(**data)))
        case FileTooBig():
            return texts.too_big.format(limit=MAX_BYTES // 2**20)
        case DownloadError():
            return texts.download_failed
        case TooManyPhotos(first=first):
            return texts.too_many if first else None
        case TooLate():
            return texts.too_late
        case _:
            return texts.busy


async def apologise(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """The application's error handler: the log gets what nobody expected, the person an apology, the bot goes on."""
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
