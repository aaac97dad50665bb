"""Photos and files that people send, and links to pictures: their bytes."""

from __future__ import annotations

import asyncio

import structlog
from telegram import Bot
from telegram.error import BadRequest, TelegramError

from sneakers_ml.errors import SneakersError
from sneakers_ml.images import MAX_BYTES

__all__ = ["DownloadError", "FileTooBig", "download"]

ATTEMPTS = 3
PAUSE_S = 0.5

log = structlog.get_logger(__name__)


class DownloadError(SneakersError):
    """Telegram did not hand out the file."""


class FileTooBig(DownloadError):
    """The file is larger than the Bot API hands out, which is `MAX_BYTES` too."""


async def download(bot: Bot, file_id: str) -> bytes:
    """The file's bytes.

    Raises:
        FileTooBig: it is larger than `MAX_BYTES`; nothing was downloaded.
        DownloadError: Telegram refused, or failed again and again.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            found = await bot.get_file(file_id)
            if found.file_size is not None and found.file_size > MAX_BYTES:
                raise FileTooBig(f"{found.file_size} bytes, at most {MAX_BYTES}")
            if found.file_path:
                return bytes(await found.download_as_bytearray())
            log.warning("a file has no path yet", attempt=attempt, of=ATTEMPTS)
        except BadRequest as error:
            kind = FileTooBig if "too big" in error.message.lower() else DownloadError
            raise kind(error.message) from None
        except TelegramError as error:
            log.warning("a download failed", attempt=attempt, of=ATTEMPTS, why=type(error).__name__)
        await asyncio.sleep(PAUSE_S * attempt)
    raise DownloadError(f"no file after {ATTEMPTS} attempts")
