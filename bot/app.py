"""Wiring: settings and a recogniser become a bot that polls until it is asked to stop."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.ext import (
    AIORateLimiter,
    ApplicationBuilder,
    CommandHandler,
    Defaults,
    MessageHandler,
    filters,
)

from bot import commands, logs, problems
from bot.answering import PhotoAnswerer, PhotoHandler
from bot.polling import App, poll
from bot.worker import UserLimit, Worker
from sneakers_ml.errors import SettingsError
from sneakers_ml.workspace.settings import Settings

__all__ = ["build_application", "run", "run_bot"]

RETRIES_AFTER_429 = 3
READ_TIMEOUT_S = 20.0


def run_bot(bundle: Path, settings: Settings) -> None:
    """Load the bundle, then answer in Telegram until SIGINT or SIGTERM.

    Raises:
        SettingsError: the token is unset or rejected.
        BundleError: the bundle is missing, damaged or of another version; Telegram has not been asked for anything yet.
    """
    _token(settings)  # before the models are loaded: the quicker failure first
    from sneakers_ml.serving.recognizer import Recognizer

    cores = max(1, (os.cpu_count() or 1) // settings.bot_threads)  # of one photo, as several are answered side by side
    run(settings, Recognizer.load(bundle, threads=cores))


def run(settings: Settings, recognizer: PhotoAnswerer) -> None:
    """Answer in Telegram with `recognizer` until SIGINT or SIGTERM.

    Raises:
        SettingsError: the token is unset or rejected.
    """
    logs.configure(_token(settings))
    os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library's coming behaviour; without, each 429 is a deprecation

    async def serve() -> None:
        worker = Worker(queue=settings.bot_queue, deadline=settings.bot_deadline, threads=settings.bot_threads)
        try:
            await poll(build_application(settings, recognizer, worker))
        finally:
            worker.close()

    asyncio.run(serve())


def build_application(settings: Settings, recognizer: PhotoAnswerer, worker: Worker) -> App:
    """The application with all its handlers, not yet connected.

    Raises:
        SettingsError: the token is unset.
    """
    defaults = Defaults(  # answers quote the message they belong to, and still arrive where that was deleted
        parse_mode=ParseMode.HTML,
        do_quote=True,
        allow_sending_without_reply=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    application = (
        ApplicationBuilder()
        .token(_token(settings))
        .base_url(f"{settings.telegram_api_url}/bot")
        .base_file_url(f"{settings.telegram_api_url}/file/bot")
        .concurrent_updates(True)
        .rate_limiter(AIORateLimiter(max_retries=RETRIES_AFTER_429))
        .read_timeout(READ_TIMEOUT_S)
        .defaults(defaults)
        .build()
    )
    photos = PhotoHandler(recognizer, worker, UserLimit(settings.bot_per_user), settings.bot_neighbours)
    private = filters.ChatType.PRIVATE
    application.add_handler(CommandHandler("start", commands.start))
    application.add_handler(CommandHandler("help", commands.help_))
    # An animation is a document too. In groups only what calls itself an image: nobody there asked about a PDF.
    files = filters.Document.ALL & ~filters.ANIMATION & (private | filters.Document.IMAGE)
    application.add_handler(MessageHandler(filters.PHOTO | files, photos))
    application.add_handler(MessageHandler(private & ~filters.StatusUpdate.ALL, commands.anything_else))
    application.add_error_handler(problems.apologise)
    return application


def _token(settings: Settings) -> str:
    token = settings.telegram_token.get_secret_value().strip() if settings.telegram_token else ""
    if not token:
        raise SettingsError("TELEGRAM_TOKEN is not set; get one from @BotFather and put it in .env")
    return token
