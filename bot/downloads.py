"""Photos and files that people send: which file to take, and its bytes."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from telegram import Bot, Message
from telegram.error import BadRequest, NetworkError

from sneakers_ml.errors import BadImage, SneakersError
from sneakers_ml.images import MAX_BYTES

__all__ = ["Attachment", "DownloadError", "FileTooBig", "attachment", "download"]

ATTEMPTS = 2

log = logging.getLogger(__name__)


class FileTooBig(BadImage):
    """The file is larger than the Bot API hands out, which is `MAX_BYTES` too."""


class DownloadError(SneakersError):
    """Telegram did not hand out the file."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message; `size` is what Telegram announced in bytes, None when it did not."""

    file_id: str
    size: int | None


def attachment(message: Message) -> Attachment:
    """The file to look at: the largest size of a photo, or a document whatever its name and type claim."""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return Attachment(largest.file_id, largest.file_size)
    if message.document:
        return Attachment(message.document.file_id, message.document.file_size)
    raise ValueError("the message has neither a photo nor a document")


async def download(bot: Bot, file: Attachment) -> bytes:
    """The file's bytes.

    Raises:
        FileTooBig: it is larger than `MAX_BYTES`; nothing was downloaded.
        DownloadError: Telegram refused, or failed more than once.
    """
    _check_size(file.size)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await _fetch(bot, file)
        except BadRequest as error:
            if "too big" in error.message.lower():
                raise FileTooBig(error.message) from None
            raise DownloadError(error.message) from None
        except NetworkError as error:
            log.warning("download failed, attempt %d of %d: %s", attempt, ATTEMPTS, error)
    raise DownloadError(f"no file after {ATTEMPTS} attempts")


async def _fetch(bot: Bot, file: Attachment) -> bytes:
    found = await bot.get_file(file.file_id)
    _check_size(found.file_size)
    return bytes(await found.download_as_bytearray())


def _check_size(size: int | None) -> None:
    if size is not None and size > MAX_BYTES:
        raise FileTooBig(f"{size} bytes, at most {MAX_BYTES}")
