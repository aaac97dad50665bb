"""What the Bot API refuses, as its documentation says: texts, captions, pictures and albums."""

from __future__ import annotations

import io
from html.parser import HTMLParser

from PIL import Image, UnidentifiedImageError

__all__ = ["ApiError", "check_album", "check_picture", "check_text", "visible_length"]

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
PICTURE_BYTES = 10 * 2**20
PICTURE_SIDES = 10_000
PICTURE_RATIO = 20
TAGS = frozenset({"b", "strong", "i", "em", "u", "ins", "s", "del", "a", "code", "pre", "blockquote", "tg-spoiler"})


class ApiError(Exception):
    """An answer that is not ok: `{"ok": false, "error_code": …, "description": …}`."""

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after


class _Visible(HTMLParser):
    """Collects the text and refuses mark-up that Telegram does not know or that is not closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise ApiError(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}"')
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            raise ApiError(400, f'Bad Request: can\'t parse entities: unexpected end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        self.text += data

    def close(self) -> None:
        super().close()
        if self._open:
            raise ApiError(400, f"Bad Request: can't parse entities: can't find end tag for \"{self._open[-1]}\"")


def visible_length(text: str, parse_mode: str | None) -> int:
    """Length after entities are parsed, in UTF-16 code units."""
    if parse_mode == "HTML":
        parser = _Visible()
        parser.feed(text)
        parser.close()
        text = parser.text
    return len(text.strip().encode("utf-16-le")) // 2


def check_text(text: str, parse_mode: str | None) -> None:
    """sendMessage: 1 to 4096 characters after entities are parsed."""
    length = visible_length(text, parse_mode)
    if not length:
        raise ApiError(400, "Bad Request: message text is empty")
    if length > TEXT_LIMIT:
        raise ApiError(400, "Bad Request: message is too long")


def check_caption(caption: str, parse_mode: str | None) -> None:
    """0 to 1024 characters after entities are parsed."""
    if visible_length(caption, parse_mode) > CAPTION_LIMIT:
        raise ApiError(400, "Bad Request: message caption is too long")


def check_picture(data: bytes | None, caption: str, parse_mode: str | None) -> None:
    """sendPhoto and each item of an album: a picture that decodes, of at most 10 MB, and a caption that fits."""
    check_caption(caption, parse_mode)
    if not data:
        raise ApiError(400, "Bad Request: there is no photo in the request")
    if len(data) > PICTURE_BYTES:
        raise ApiError(400, "Bad Request: PHOTO_TOO_BIG")
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            size = image.size
    except (UnidentifiedImageError, OSError, SyntaxError):
        raise ApiError(400, "Bad Request: IMAGE_PROCESS_FAILED") from None
    if sum(size) > PICTURE_SIDES or max(size) > PICTURE_RATIO * min(size):
        raise ApiError(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")


def check_album(size: int) -> None:
    """sendMediaGroup: 2 to 10 items."""
    if not 2 <= size <= 10:
        raise ApiError(400, "Bad Request: wrong number of messages in an album: must include 2-10 items")
