"""Which sentence a photo that gets no answer is given."""

from __future__ import annotations

from html import escape

from bot.downloads import DownloadError, FileTooBig
from bot.limits import TooManyPhotos
from bot.texts import Texts, reason
from bot.worker import TooLate
from sneakers_ml.errors import BadImage, Overloaded, SneakersError
from sneakers_ml.images import MAX_BYTES

__all__ = ["REFUSALS", "refusal"]

REFUSALS = (BadImage, Overloaded, DownloadError)
"""What may happen to a photo on a good day; anything else is a fault of ours."""


def refusal(error: SneakersError, texts: Texts) -> str | None:
    """The sentence for one of `REFUSALS`; None where the person has been told already."""
    match error:
        case FileTooBig():
            return texts.too_big.format(limit=MAX_BYTES // 2**20)
        case BadImage():
            return texts.bad_image.format(reason=escape(reason(str(error), texts)))
        case DownloadError():
            return texts.download_failed
        case TooManyPhotos(first=first):
            return texts.too_many if first else None
        case TooLate():
            return texts.too_late
        case _:
            return texts.busy
