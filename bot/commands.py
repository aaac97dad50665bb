"""/start and /help, and what the bot says to everything that is no photo."""

from __future__ import annotations

import logging

from telegram import Bot, BotCommand, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.texts import ENGLISH, RUSSIAN, Texts, texts_of

__all__ = ["announce", "anything_else", "help_", "start"]

log = logging.getLogger(__name__)


async def start(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Greet."""
    await _say(update, texts_of(update).start)


async def help_(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Explain."""
    await _say(update, texts_of(update).help)


async def anything_else(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Say what to send instead of text, stickers, videos and the like."""
    await _say(update, texts_of(update).send_photo)


async def announce(bot: Bot) -> None:
    """Fill the client's menu of commands; the bot works without, so a failure is only logged."""
    try:
        await bot.set_my_commands(_menu(ENGLISH))
        await bot.set_my_commands(_menu(RUSSIAN), language_code=RUSSIAN.language)
    except TelegramError as error:
        log.warning("the menu of commands was not set: %s", error)


def _menu(texts: Texts) -> list[BotCommand]:
    return [BotCommand("start", texts.start_command), BotCommand("help", texts.help_command)]


async def _say(update: Update, text: str) -> None:
    if update.effective_message is not None:
        await update.effective_message.reply_text(text)
