"""What the Bot API refuses, as its documentation says: texts, captions, pictures and albums."""

from __future__ import annotations

import io

from PIL import Image, UnidentifiedImageError

from tests.support.telegram_errors import bad_request
from tests.support.telegram_html import parse, units

__all__ = ["check_album", "check_caption", "check_picture", "check_text", "visible_length"]

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
PICTURE_BYTES = 10 * 2**20
PICTURE_SIDES = 10_000
PICTURE_RATIO = 20


def visible_length(text: str, parse_mode: str | None) -> int:
    """Length after entities are parsed, in UTF-16 code units."""
    return units(parse(text, parse_mode)[0])


def check_text(text: str, parse_mode: str | None) -> None:
    """sendMessage: 1 to 4096 characters after entities are parsed."""
    length = visible_length(text, parse_mode)
    if not length:
        raise bad_request("message text is empty")
    if length > TEXT_LIMIT:
        raise bad_request("message is too long")


def check_caption(caption: str, parse_mode: str | None) -> None:
    """0 to 1024 characters after entities are parsed."""
    if visible_length(caption, parse_mode) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")


def check_picture(data: bytes) -> tuple[int, int]:
    """An uploaded photo: a picture that decodes, of at most 10 MB; returns its width and height."""
    if len(data) > PICTURE_BYTES:
        raise bad_request("PHOTO_TOO_BIG")
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            size = image.size
    except (UnidentifiedImageError, OSError, SyntaxError):
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    if sum(size) > PICTURE_SIDES or max(size) > PICTURE_RATIO * min(size):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return size


def check_album(size: int) -> None:
    """sendMediaGroup: 2 to 10 items."""
    if not 2 <= size <= 10:
        raise bad_request("wrong number of messages in an album: must include 2-10 items")
