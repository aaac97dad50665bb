"""The commands, and the menu that shows them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from html import escape
from typing import TypeAlias

import structlog
from telegram import Bot, BotCommand, InlineKeyboardMarkup, Update
from telegram.error import TelegramError

from bot.addressing import is_private, picture_of
from bot.answering import WORDS_LIMIT, Answering, target_of
from bot.buttons import is_admin, language_keyboard, settings_keyboard, settings_text
from bot.captions import per_cent
from bot.dispatcher import Job
from bot.searches import KEPT_S, Search
from bot.texts import FALLBACK, languages
from sneakers_ml.serving.formatting import brand_name

__all__ = ["Command", "Commands", "announce"]

Command: TypeAlias = Callable[[Job, Update], Awaitable[None]]
DAYS = round(KEPT_S / 86_400)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Commands:
    """Handles commands; `admins` are people who may see the figures, `waiting` tells how long the line is."""

    answering: Answering
    admins: frozenset[int]
    waiting: Callable[[], int]

    @property
    def all(self) -> dict[str, Command]:
        """Each command's handler by its name."""
        return {
            "start": self.start,
            "help": self.help,
            "similar": self.similar,
            "find": self.find,
            "brands": self.brands,
            "about": self.about,
            "language": self.language,
            "settings": self.settings,
            "privacy": self.privacy,
            "forget": self.forget,
            "stats": self.stats,
        }

    async def start(self, job: Job, update: Update) -> None:
        """Greet."""
        await self._say(job, update, (await self.answering.voice(update)).texts.start)

    async def help(self, job: Job, update: Update) -> None:
        """Explain."""
        texts = (await self.answering.voice(update)).texts
        await self._say(job, update, texts.help.format(username=self.answering.bot.username))

    async def similar(self, job: Job, update: Update) -> None:
        """Look at the photo of the message that this replies to."""
        message = update.effective_message
        quoted = message.reply_to_message if message else None
        picture = picture_of(quoted, any_document=True) if quoted else None
        if picture is None:
            await self._say(job, update, (await self.answering.voice(update)).texts.no_photo_in_reply)
        else:
            await self.answering.search(job, update, Search(photos=(picture.file_id,), photo_keys=(picture.key,)))

    async def find(self, job: Job, update: Update) -> None:
        """Search by the words behind the command."""
        message = update.effective_message
        words = " ".join((message.text or "").split()[1:])[:WORDS_LIMIT] if message else ""
        if words:
            await self.answering.search(job, update, Search(words=words))
        else:
            await self._say(job, update, (await self.answering.voice(update)).texts.say_what)

    async def brands(self, job: Job, update: Update) -> None:
        """Name the brands that can be named."""
        names = sorted((brand_name(brand) for brand in self.answering.live.current.recognizer.brands), key=str.casefold)
        texts = (await self.answering.voice(update)).texts
        await self._say(job, update, texts.brands.format(count=len(names), brands=escape(", ".join(names))))

    async def about(self, job: Job, update: Update) -> None:
        """Say what answers."""
        texts = (await self.answering.voice(update)).texts
        facts = self.answering.live.current.recognizer.facts
        sentence = texts.about.format(
            version=escape(facts.version),
            model=escape(facts.model),
            products=facts.products,
            photos=facts.photos,
            brands=facts.brands,
            date=facts.date.isoformat() if facts.date else texts.date_unknown,
            accuracy="–" if facts.accuracy is None else per_cent(facts.accuracy),
        )
        await self._say(job, update, sentence)

    async def language(self, job: Job, update: Update) -> None:
        """Let the person choose a language."""
        texts = (await self.answering.voice(update)).texts
        await self._say(job, update, texts.language_prompt, InlineKeyboardMarkup(language_keyboard(texts)))

    async def settings(self, job: Job, update: Update) -> None:
        """Show a group's settings to its admins."""
        message, user = update.effective_message, update.effective_user
        if message is None or user is None:
            return
        texts = (await self.answering.voice(update)).texts
        anonymous = message.sender_chat is not None and message.sender_chat.id == message.chat_id
        if is_private(message):
            await self._say(job, update, texts.settings_private)
        elif anonymous or await is_admin(message.chat, user.id):
            group = await self.answering.preferences.group(message.chat_id)
            await self._say(job, update, settings_text(group, texts), settings_keyboard(group, texts))
        else:
            await self._say(job, update, texts.settings_admins)

    async def privacy(self, job: Job, update: Update) -> None:
        """Say what is kept."""
        texts = (await self.answering.voice(update)).texts
        await self._say(job, update, texts.privacy.format(days=DAYS))

    async def forget(self, job: Job, update: Update) -> None:
        """Delete what is kept of the person."""
        if update.effective_user is not None:
            texts = (await self.answering.voice(update)).texts  # before the chosen language is forgotten
            await self.answering.preferences.forget(update.effective_user.id)
            await self._say(job, update, texts.forgotten)

    async def stats(self, job: Job, update: Update) -> None:
        """Figures, for the bot's admins."""
        texts = (await self.answering.voice(update)).texts
        if update.effective_user is None or update.effective_user.id not in self.admins:
            await self._say(job, update, texts.stats_admins)
            return
        counts = await self.answering.searches.counts()
        await self._say(job, update, texts.stats.format(days=DAYS, waiting=self.waiting(), **counts))

    async def _say(self, job: Job, update: Update, text: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
        if target := target_of(update):
            await self.answering.messenger.say(job, target, text, keyboard)


async def announce(bot: Bot) -> None:
    """Fill the client's menu of commands in every language; the bot works without, so a failure is only logged."""
    try:
        for code, texts in languages().items():
            menu = [BotCommand(name, words) for name, words in texts.commands.items()]
            await bot.set_my_commands(menu, language_code=None if code == FALLBACK else code)
    except TelegramError as error:
        log.warning("the menu of commands was not set", why=str(error))
