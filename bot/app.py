"""Wiring: settings and a bundle become a bot that answers until it is asked to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any, TypeAlias

import structlog
from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.error import Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    Defaults,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot import logs
from bot.answering import Answering, target_of
from bot.asking import LiveServing
from bot.buttons import GROUP, LANGUAGE, Buttons
from bot.commands import Command, Commands, announce
from bot.cooldown import Cooldown
from bot.database import open_database
from bot.dispatcher import Dispatcher, Job, Limits
from bot.http_server import WEBHOOK_PATH, serve_http
from bot.inbox import Inbox
from bot.inline import Inline
from bot.messenger import Messenger
from bot.metrics import Metrics
from bot.polling import ALLOWED_UPDATES, Poller
from bot.preferences import Preferences
from bot.rate_limits import ChatRateLimiter, seconds_of
from bot.searches import Searches
from bot.texts import languages
from bot.worker import Worker
from sneakers_ml.errors import BundleError, SettingsError
from sneakers_ml.workspace.paths import Workspace
from sneakers_ml.workspace.settings import Settings

__all__ = ["run", "run_bot"]

App: TypeAlias = Application[Any, Any, Any, Any, Any, Any]

READ_TIMEOUT_S = 20.0
LONGEST_PAUSE_S = 30.0
LAG_EVERY_S = 0.1
PRUNE_EVERY_S = 3600.0
SPARE_STOP_S = 2.0
DEAF_S = 90.0
"""Telegram answers a long poll within half a minute: after so long without, the bot is not well."""

log = structlog.get_logger(__name__)


def run_bot(workspace: Workspace, settings: Settings) -> None:
    """Load the bundle, then answer in Telegram until SIGINT or SIGTERM.

    Raises:
        SettingsError: the token is unset or rejected, or settings don't belong together.
        BundleError: the bundle is missing, damaged or of another version; Telegram has not been asked for anything yet.
    """
    settings.check_bot()  # before the models are loaded: the quicker failure first
    from sneakers_ml.serving.live import LiveBundle

    cores = max(1, (os.cpu_count() or 1) // settings.bot_threads)  # of one photo, as several are answered side by side
    database = settings.bot_database or workspace.root / "bot.sqlite3"
    run(settings, LiveBundle(workspace.bundle, threads=cores), database)


def run(settings: Settings, live: LiveServing, database: Path) -> None:
    """Answer in Telegram until SIGINT or SIGTERM; ends at most `BOT_STOP` and two seconds after that, in any case.

    Raises:
        SettingsError: the token is unset or rejected, or settings don't belong together.
        DatabaseError: the database cannot be used.
    """
    settings.check_bot()
    secrets = [settings.token, settings.webhook_secret]
    logs.configure(secrets, as_json=settings.bot_log_json)
    os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library's coming behaviour; without, each 429 is a deprecation
    languages()  # a broken file is said now, not to a person
    worker = Worker(settings.bot_threads)
    try:
        asyncio.run(_Bot(settings, live, worker).serve(database))
    finally:
        worker.close()


class _Bot:
    """The parts of a running bot, and how they begin and end."""

    def __init__(self, settings: Settings, live: LiveServing, worker: Worker) -> None:
        self._settings, self._live, self._worker = settings, live, worker
        self._metrics = Metrics()
        self._metrics.bundle(len(live.current.recognizer.products))
        self._stop = asyncio.Event()
        self._connected = False

    async def serve(self, path: Path) -> None:
        """From the first connection to the last answer."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._begin_to_stop)
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(open_database(path))
            inbox, preferences, searches = Inbox(database), Preferences(database), Searches(database)
            application = self._application()
            answering = Answering(
                application.bot,
                self._live,
                self._worker,
                Messenger(application.bot, inbox, preferences),
                searches,
                preferences,
                Cooldown(self._settings.bot_per_minute),
                self._metrics,
                self._settings.bot_neighbours,
                self._settings.bot_deadline,
                frozenset(self._settings.link_hosts),
            )
            limits = Limits(self._settings.bot_at_once, self._settings.bot_per_user, self._settings.bot_oldest)

            async def handle(job: Job) -> None:
                await application.process_update(job.updates[0])

            dispatcher = Dispatcher(
                inbox,
                lambda body: Update.de_json(body, application.bot),
                handle,
                answering.notify,
                answering.sorry,
                limits,
                self._metrics,
            )
            self._route(application, answering, dispatcher)

            async def receive(updates: list[dict[str, Any]]) -> None:
                for update in updates:
                    self._metrics.received(next((kind for kind in ALLOWED_UPDATES if kind in update), "other"))
                dispatcher.accept(await inbox.put(updates))

            await self._run(application, dispatcher, inbox, searches, receive)

    def _begin_to_stop(self) -> None:
        """Stop in good order; a thread that does not end, such as one that looks a name up, is not waited for."""
        self._stop.set()
        last = threading.Timer(self._settings.bot_stop + SPARE_STOP_S, os._exit, (0,))
        last.daemon = True
        last.start()

    async def _run(
        self, application: App, dispatcher: Dispatcher, inbox: Inbox, searches: Searches, receive: Any
    ) -> None:
        settings = self._settings
        poller = None
        if settings.bot_webhook_url is None:
            poller = Poller(application.bot, receive, self._metrics, settings.bot_proxy)
        server = None
        if settings.bot_port is not None:
            webhook = (receive, settings.webhook_secret) if poller is None else (None, "")
            server = serve_http(
                settings.bot_host, settings.bot_port, lambda: self._health(poller, dispatcher), self._metrics, *webhook
            )
        beginning = asyncio.create_task(self._begin(application, inbox, searches))
        stopping = asyncio.create_task(self._stop.wait())
        working: list[asyncio.Task[None]] = []
        try:
            await asyncio.wait({beginning, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not self._stop.is_set():
                beginning.result()
                working = [asyncio.create_task(dispatcher.run()), asyncio.create_task(self._watch_lag())]
                if poller:
                    working.append(asyncio.create_task(poller.run()))
                log.info("the bot answers", name=application.bot.username)
                done, _ = await asyncio.wait({stopping, *working}, return_when=asyncio.FIRST_COMPLETED)
                for task in done - {stopping}:
                    task.result()  # a part that ends by itself ends the process: its supervisor starts it anew
        finally:
            if server:
                server.stop()
            for task in (beginning, stopping, *working):
                task.cancel()
            await asyncio.gather(beginning, stopping, *working, return_exceptions=True)
            await dispatcher.stop(settings.bot_stop)
            if application.job_queue is not None and application.running:
                await application.job_queue.stop(wait=False)
            with suppress(TelegramError):
                if application.running:
                    await application.stop()
                await application.shutdown()
                await application.bot.shutdown()  # the line above skips it where it never got to initialise
            log.info("stopped")

    async def _begin(self, application: App, inbox: Inbox, searches: Searches) -> None:
        """Connect, however long it takes, and say to Telegram what it shall know."""
        await self._connect(application)
        await inbox.belong_to(application.bot.id)
        await announce(application.bot)
        if self._settings.bot_webhook_url:
            await self._patiently(
                lambda: application.bot.set_webhook(
                    f"{self._settings.bot_webhook_url}{WEBHOOK_PATH}",
                    allowed_updates=ALLOWED_UPDATES,
                    secret_token=self._settings.webhook_secret,
                )
            )
        queue = application.job_queue
        assert queue is not None  # noqa: S101 - the extra is a dependency of ours

        async def refresh(_: ContextTypes.DEFAULT_TYPE) -> None:
            try:
                if await self._worker.run(self._live.refresh):
                    self._metrics.bundle(len(self._live.current.recognizer.products))
                    log.info("another bundle serves from now on")
            except BundleError as error:
                self._metrics.failed("bundle")
                log.warning("the new bundle is refused, the one before serves on", why=str(error))

        async def prune(_: ContextTypes.DEFAULT_TYPE) -> None:
            await inbox.prune()
            await searches.prune()

        queue.run_repeating(refresh, self._settings.bot_refresh, first=self._settings.bot_refresh)
        queue.run_repeating(prune, PRUNE_EVERY_S, first=60)
        await application.start()
        self._connected = True

    async def _connect(self, application: App) -> None:
        try:
            await self._patiently(application.initialize)
        except InvalidToken:
            # Telegram's library puts the token into this error's text: keep it out of sight.
            raise SettingsError("TELEGRAM_TOKEN was rejected by Telegram; get a new one from @BotFather") from None

    async def _patiently(self, call: Any) -> None:
        """Try until Telegram answers: a bot that starts before its network should not need a restart."""
        pause = 1.0
        while True:
            try:
                await call()
            except InvalidToken:
                raise
            except RetryAfter as error:
                pause = seconds_of(error)
            except TelegramError as error:
                log.warning("Telegram cannot be reached", again_in=pause, why=str(error))
            else:
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    async def _watch_lag(self) -> None:
        """Measure how late the event loop is, all the time."""
        while True:
            due = time.perf_counter() + LAG_EVERY_S
            await asyncio.sleep(LAG_EVERY_S)
            self._metrics.lag(max(0.0, time.perf_counter() - due))

    def _health(self, poller: Poller | None, dispatcher: Dispatcher) -> tuple[bool, bool, dict[str, Any]]:
        problem = None if self._connected else "not connected to Telegram yet"
        well = True
        if self._connected and poller is not None and poller.problem:
            problem = poller.problem
            well = time.monotonic() - poller.heard < DEAF_S
        facts = {"problem": problem, "waiting": dispatcher.waiting}
        return well, problem is None, facts

    def _application(self) -> App:
        defaults = Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True))
        builder = (
            ApplicationBuilder()
            .token(self._settings.token)
            .base_url(f"{self._settings.telegram_api_url}/bot")
            .base_file_url(f"{self._settings.telegram_api_url}/file/bot")
            .updater(None)
            .rate_limiter(ChatRateLimiter(self._settings.bot_messages_per_second))
            .read_timeout(READ_TIMEOUT_S)
            .connection_pool_size(64)
            .pool_timeout(READ_TIMEOUT_S)
            .defaults(defaults)
        )
        if self._settings.bot_proxy:
            builder = builder.proxy(self._settings.bot_proxy)
        return builder.build()

    def _route(self, application: App, answering: Answering, dispatcher: Dispatcher) -> None:
        """Which handler takes what; each gets the job that its update belongs to."""

        def handler(command: Command) -> Any:
            async def handle(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
                await command(dispatcher.job_of(update), update)

            return handle

        buttons, inline = Buttons(answering), Inline(answering)
        commands = Commands(answering, frozenset(self._settings.bot_admins), lambda: dispatcher.waiting)

        async def message(job: Job, _: Update) -> None:
            await answering.message(job)

        async def moved(_: Job, update: Update) -> None:
            message = update.effective_message
            if message is not None and message.migrate_to_chat_id is not None:
                await answering.preferences.move_group(message.chat_id, message.migrate_to_chat_id)

        application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, handler(moved)))
        for name, command in commands.all.items():
            application.add_handler(CommandHandler(name, handler(command)))
        application.add_handler(MessageHandler(~filters.StatusUpdate.ALL, handler(message)))
        application.add_handler(CallbackQueryHandler(handler(buttons.language), f"^{LANGUAGE}"))
        application.add_handler(CallbackQueryHandler(handler(buttons.group), f"^{GROUP}"))
        application.add_handler(CallbackQueryHandler(handler(buttons.press)))
        application.add_handler(InlineQueryHandler(handler(inline.find)))

        async def failed(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
            """What nobody expected: the log gets it, the person an apology, the bot goes on."""
            if not isinstance(update, Update) or context.error is None:
                self._metrics.failed("task")
                log.error("a regular task failed", exc_info=context.error)
                return
            job, error = dispatcher.job_of(update), context.error
            job.error = error
            if isinstance(error, Forbidden):
                log.info("an answer was not wanted", why=error.message)  # the person blocked the bot meanwhile
            elif isinstance(error, NetworkError | RetryAfter) and type(error).__name__ != "BadRequest":
                self._metrics.failed("network")
                log.warning("Telegram failed while an update was answered, it is tried again", why=str(error))
            else:
                self._metrics.failed(type(error).__name__)
                log.error("an update could not be answered", exc_info=error)
                if target := target_of(update):
                    with suppress(TelegramError):
                        await answering.messenger.say(job, target, (await answering.voice(update)).texts.failed)

        application.add_error_handler(failed)
