"""A photo, or an image sent as a file: the brand, then an album of the most similar sneakers."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from telegram import InputMediaPhoto, Message, Update
from telegram.constants import ChatAction
from telegram.ext import ContextTypes

from bot.activity import showing
from bot.captions import brand_line, caption
from bot.downloads import attachment, download
from bot.limits import UserLimit
from bot.recognition import PhotoAnswerer, Picture, Reply, recognise
from bot.refusals import REFUSALS, refusal
from bot.texts import Texts, texts_of
from bot.worker import Worker

__all__ = ["PhotoHandler"]

log = logging.getLogger(__name__)


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
                reply = await self._look(message, context)
                await self._send(reply, message, texts)
        except REFUSALS as error:
            log.info("refused a photo: %s", type(error).__name__)
            sentence = refusal(error, texts)
            if sentence is not None:
                await message.reply_text(sentence)

    async def _look(self, message: Message, context: ContextTypes.DEFAULT_TYPE) -> Reply:
        """Download and recognise, within one place of the queue and one deadline."""
        started = time.monotonic()
        async with self.worker.place(), showing(ChatAction.TYPING, message):
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

    async def _send(self, reply: Reply, message: Message, texts: Texts) -> None:
        closing = texts.similar if reply.pictures else texts.nothing_similar
        await message.reply_text(f"{brand_line(reply.answer, texts)}\n\n{closing}")
        if reply.pictures:
            await _send_pictures(reply.pictures, message, texts)


async def _send_pictures(pictures: tuple[Picture, ...], message: Message, texts: Texts) -> None:
    """An album, or a plain photo where there is one picture: Telegram's albums hold 2 to 10."""
    if len(pictures) == 1:
        await message.reply_photo(pictures[0].jpeg, caption=caption(pictures[0].neighbour, texts))
        return
    album = [
        InputMediaPhoto(picture.jpeg, caption=caption(picture.neighbour, texts), filename=f"{number}.jpg")
        for number, picture in enumerate(pictures, start=1)
    ]
    await message.reply_media_group(album)
