"""A photo, or an image sent as a file: the brand, then an album of the most similar sneakers."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from telegram import InputMediaPhoto, Message, Update
from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.captions import brand_line, caption
from bot.downloads import attachment, download
from bot.problems import EXPECTED, explanation
from bot.texts import Texts, texts_of
from bot.worker import UserLimit, Worker
from sneakers_ml.errors import SneakersError
from sneakers_ml.images import QUERY_SIDE, decode
from sneakers_ml.serving.answer import Answer, Neighbour

__all__ = ["PhotoAnswerer", "PhotoHandler", "Reply", "recognise"]

TYPING_REPEAT_S = 4.5
"""Telegram drops the line "typing…" above a chat after five seconds."""

log = logging.getLogger(__name__)


class PhotoAnswerer(Protocol):
    """The part of `sneakers_ml.serving.recognizer.Recognizer` that the bot uses; called from several threads."""

    def answer(self, photo: NDArray[np.uint8], *, top: int = 5) -> Answer:
        """Answer an upright RGB photo of shape (H, W, 3) with up to `top` neighbours."""
        ...

    def thumbnail(self, photo_id: str) -> bytes:
        """The JPEG of a photo of the gallery."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """Everything one photo's reply is made of; each neighbour that is shown comes with its own JPEG."""

    answer: Answer
    pictures: tuple[tuple[Neighbour, bytes], ...]


def recognise(recognizer: PhotoAnswerer, data: bytes, top: int) -> Reply:
    """Decode a file, answer it, fetch the thumbnails; blocking, for a thread.

    Raises:
        BadImage: the file is no photo that can be used.
    """
    answer = recognizer.answer(decode(data, longest_side=QUERY_SIDE), top=top)
    pictures = []
    for neighbour in answer.neighbours[:top]:
        try:
            pictures.append((neighbour, recognizer.thumbnail(neighbour.photo_id)))
        except (SneakersError, OSError, KeyError) as error:  # costs its neighbour, not the whole answer
            log.warning("no thumbnail for photo %s of the gallery: %s", neighbour.photo_id, error)
    return Reply(answer, tuple(pictures))


@dataclass(frozen=True, slots=True)
class PhotoHandler:
    """Handles one message with a photo or a document; each photo of an album is a message of its own."""

    recognizer: PhotoAnswerer
    worker: Worker
    limit: UserLimit
    neighbours: int

    async def __call__(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message, sender = update.effective_message, update.effective_sender
        if message is None or sender is None:
            return
        texts = texts_of(update)
        try:
            async with self.limit.turn(sender.id):
                reply = await self._recognise(message, context)
                await send(reply, message, texts)
        except EXPECTED as error:
            log.info("refused a photo: %s", type(error).__name__)
            sentence = explanation(error, texts)
            if sentence is not None:
                await message.reply_text(sentence)

    async def _recognise(self, message: Message, context: ContextTypes.DEFAULT_TYPE) -> Reply:
        """Download and recognise, within one place of the queue and one deadline."""
        started = time.monotonic()
        async with self.worker.place(), typing(message):
            data = await download(context.bot, attachment(message))
            reply = await self.worker.run(recognise, self.recognizer, data, self.neighbours)
        log.info(
            "answered a photo in %.2f s: brand %s, confidence %.2f, known %s, pictures %d",
            time.monotonic() - started,
            reply.answer.brand,
            reply.answer.confidence,
            reply.answer.known,
            len(reply.pictures),
        )
        return reply


@asynccontextmanager
async def typing(message: Message) -> AsyncIterator[None]:
    """Show "typing…" in the message's chat until the body ends; a failure to show it never harms the body."""

    async def show() -> None:
        while True:
            try:
                await message.reply_chat_action(ChatAction.TYPING)
            except TelegramError as error:
                log.debug("chat action not shown: %s", error)
            await asyncio.sleep(TYPING_REPEAT_S)

    task = asyncio.create_task(show())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def send(reply: Reply, message: Message, texts: Texts) -> None:
    """The brand, then an album, or a plain photo where there is one picture: Telegram's albums hold 2 to 10."""
    lines = [brand_line(reply.answer, texts)]
    if reply.answer.sneaker:
        lines.append(texts.similar if reply.pictures else texts.nothing_similar)
    await message.reply_text("\n\n".join(lines))
    if len(reply.pictures) == 1:
        neighbour, jpeg = reply.pictures[0]
        await message.reply_photo(jpeg, caption=caption(neighbour, texts))
    elif reply.pictures:
        album = [
            InputMediaPhoto(jpeg, caption=caption(neighbour, texts), filename=f"{number}.jpg")
            for number, (neighbour, jpeg) in enumerate(reply.pictures, start=1)
        ]
        await message.reply_media_group(album)
