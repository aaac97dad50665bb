"""Messages of one answer, so that a crash, a lost reply or a missing right never costs an answer nor doubles it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import httpx
import structlog
from telegram import Bot, InlineKeyboardMarkup, InputMediaPhoto, Message, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, RetryAfter, TelegramError, TimedOut

from bot.captions import CAPTION_LIMIT, TEXT_LIMIT, length
from bot.dispatcher import Job
from bot.inbox import Inbox
from bot.preferences import Preferences
from bot.texts import Texts

__all__ = ["Messenger", "Picture", "Target"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Target:
    """The chat to answer in, and the message to quote."""

    chat: int
    quoted: int | None


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG with its caption in HTML."""

    jpeg: bytes
    caption: str


class Messenger:
    """Sends what a job answers.

    The text is sent as a placeholder first, whose id the inbox keeps, and then edited: editing twice does no harm.
    Pictures cannot be sent twice without doubling, so before they are sent the inbox notes it; after a crash in between
    the text gets a button for them instead.
    """

    def __init__(self, bot: Bot, inbox: Inbox, preferences: Preferences) -> None:
        self._bot, self._inbox, self._preferences = bot, inbox, preferences

    async def place(self, job: Job, target: Target, text: str) -> None:
        """Say at once that an answer is coming, unless that was said before."""
        if job.progress.placeholder is not None:
            return
        try:
            message = await self._send(target, text, None)
        except TimedOut as error:  # it may have arrived, but as which message?
            if _never_left(error):
                raise
            log.info("the reply to a placeholder got lost", why=str(error))
            return
        await self._inbox.placed(job.update_id, message.message_id)
        job.progress = replace(job.progress, placeholder=message.message_id)

    async def say(self, job: Job, target: Target, text: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
        """Turn the placeholder into the answer; without one, send it."""
        text = _cut(text)
        if job.progress.placeholder is not None:
            try:
                await self._edit(target, job.progress.placeholder, text, keyboard)
            except BadRequest as error:
                if "not modified" in error.message.lower():  # the edit before the crash arrived
                    return
                if "message" not in error.message.lower():
                    raise
                log.info("the placeholder cannot be edited", why=error.message)
                await self._inbox.placed(job.update_id, None)
                job.progress = replace(job.progress, placeholder=None)
            else:
                return
        try:
            message = await self._send(target, text, keyboard)
        except TimedOut as error:  # Telegram has it, as far as we know
            if _never_left(error):
                raise
            log.info("the reply to an answer got lost", why=str(error))
            return
        await self._inbox.placed(job.update_id, message.message_id)
        job.progress = replace(job.progress, placeholder=message.message_id)

    async def show(self, job: Job, target: Target, pictures: Sequence[Picture], texts: Texts) -> bool:
        """Send pictures, or their captions where pictures may not be sent; whether they arrived as far as we know."""
        await self._inbox.begin_album(job.update_id)
        job.progress = replace(job.progress, album_begun=True)
        try:
            await self._album(target, pictures)
        except TimedOut as error:
            if _never_left(error):
                return False
            log.info("the reply to an album got lost", why=str(error))
            return True
        except BadRequest as error:
            if "not enough rights" not in error.message.lower():
                raise
            lines = [texts.no_photos_here, *(picture.caption for picture in pictures)]
            await self._send(target, _joined(lines), None)
        except RetryAfter:
            return False
        except TelegramError as error:
            if not isinstance(error.__cause__, httpx.HTTPError):
                raise
            log.warning("an album may not have arrived", why=str(error))
            return False
        return True

    async def _album(self, target: Target, pictures: Sequence[Picture]) -> None:
        """Telegram's albums hold 2 to 10."""

        async def send(to: Target) -> None:
            if len(pictures) == 1:
                await self._bot.send_photo(
                    to.chat, pictures[0].jpeg, caption=pictures[0].caption, reply_parameters=_quote(to)
                )
                return
            media = [
                InputMediaPhoto(picture.jpeg, caption=picture.caption, filename=f"{number}.jpg")
                for number, picture in enumerate(pictures, start=1)
            ]
            await self._bot.send_media_group(to.chat, media, reply_parameters=_quote(to))

        try:
            await send(target)
        except ChatMigrated as error:
            await send(await self._moved(target, error))

    async def _send(self, target: Target, text: str, keyboard: InlineKeyboardMarkup | None) -> Message:
        try:
            return await self._bot.send_message(
                target.chat, text, reply_markup=keyboard, reply_parameters=_quote(target)
            )
        except ChatMigrated as error:
            moved = await self._moved(target, error)
            return await self._bot.send_message(moved.chat, text, reply_markup=keyboard)

    async def _edit(self, target: Target, message_id: int, text: str, keyboard: InlineKeyboardMarkup | None) -> None:
        try:
            await self._bot.edit_message_text(text, target.chat, message_id, reply_markup=keyboard)
        except ChatMigrated as error:  # messages of the old group cannot be edited in the new one
            await self._moved(target, error)
            raise BadRequest("message is in the group that was") from None

    async def _moved(self, target: Target, error: ChatMigrated) -> Target:
        """A group became a supergroup: its settings move along, its messages have other ids there."""
        await self._preferences.move_group(target.chat, error.new_chat_id)
        return Target(error.new_chat_id, None)


def _never_left(error: TimedOut) -> bool:
    """Whether a request surely did not reach Telegram whole."""
    return isinstance(error.__cause__, httpx.ConnectTimeout | httpx.PoolTimeout | httpx.WriteTimeout)


def _quote(target: Target) -> ReplyParameters | None:
    """The answer arrives too where the message it quotes is gone."""
    return ReplyParameters(target.quoted, allow_sending_without_reply=True) if target.quoted is not None else None


def _cut(text: str) -> str:
    """At most as much as a message holds, by whole lines: a tag is never left open."""
    return _joined(text.split("\n"), "\n") if length(text) > TEXT_LIMIT else text


def _joined(parts: Sequence[str], between: str = "\n\n") -> str:
    """As many of the parts as a message holds."""
    kept: list[str] = []
    for part in parts:
        if length(between.join([*kept, part])) > TEXT_LIMIT:
            break
        kept.append(part)
    return between.join(kept) or parts[0][:CAPTION_LIMIT]
