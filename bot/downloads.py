"""Photos and files that people send: which file to take, and its bytes."""

from __future__ import annotations

import logging

from telegram import Bot, Document, Message, PhotoSize
from telegram.error import BadRequest, NetworkError

from sneakers_ml.errors import SneakersError
from sneakers_ml.images import MAX_BYTES

__all__ = ["DownloadError", "FileTooBig", "attachment", "download"]

ATTEMPTS = 2

log = logging.getLogger(__name__)


class DownloadError(SneakersError):
    """Telegram did not hand out the file."""


class FileTooBig(DownloadError):
    """The file is larger than the Bot API hands out, which is `MAX_BYTES` too."""


def attachment(message: Message) -> PhotoSize | Document:
    """The file to look at: the largest size of a photo, or a document whatever its name and type claim."""
    if message.photo:
        return max(message.photo, key=lambda size: size.width * size.height)
    if message.document:
        return message.document
    raise ValueError("the message has neither a photo nor a document")


async def download(bot: Bot, file: PhotoSize | Document) -> bytes:
    """The file's bytes.

    Raises:
        FileTooBig: it is larger than `MAX_BYTES`; nothing was downloaded.
        DownloadError: Telegram refused, or failed more than once.
    """
    _check_size(file.file_size)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            found = await bot.get_file(file.file_id)
            _check_size(found.file_size)
            return bytes(await found.download_as_bytearray())
        except BadRequest as error:
            kind = FileTooBig if "too big" in error.message.lower() else DownloadError
            raise kind(error.message) from None
        except NetworkError as error:
            log.warning("download failed, attempt %d of %d: %s", attempt, ATTEMPTS, error)
    raise DownloadError(f"no file after {ATTEMPTS} attempts")


def _check_size(size: int | None) -> None:
    if size is not None and size > MAX_BYTES:
        raise FileTooBig(f"{size} bytes, at most {MAX_BYTES}")
