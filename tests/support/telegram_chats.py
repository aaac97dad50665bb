"""The fake Telegram's memory: private chats, their messages, the files in them and updates that wait for the bot."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from itertools import count
from typing import Any

from PIL import Image

from tests.support.telegram_rules import ApiError

__all__ = ["Chats", "Person", "StoredFile"]

PHOTO_SIDES = (90, 320, 800, 1280)
"""Longest sides of the sizes that Telegram makes of a photo, in pixels."""


@dataclass(frozen=True)
class Person:
    """Somebody with a private chat; the chat's id is the person's."""

    id: int
    language: str | None = "en"
    name: str = "Ann"


@dataclass(frozen=True)
class StoredFile:
    """A file that the bot may fetch; `size` is what Telegram says it is, `delay` how long the download takes in s."""

    file_id: str
    data: bytes
    size: int
    delay: float = 0.0

    def described(self) -> dict[str, Any]:
        return {"file_id": self.file_id, "file_unique_id": f"unique-{self.file_id}", "file_size": self.size}


class Chats:
    """Not thread-safe: the server calls it under its lock."""

    def __init__(self) -> None:
        self.bot = {"id": 4242424242, "is_bot": True, "first_name": "Sneakers", "username": "sneakers_test_bot"}
        self.files: dict[str, StoredFile] = {}
        self.blocked: set[int] = set()
        self._updates: list[dict[str, Any]] = []
        self._messages: dict[int, set[int]] = {}
        self._ids = count(1)

    def updates(self, offset: int, allowed: list[str] | None) -> list[dict[str, Any]]:
        """Updates from `offset` on; those before it are confirmed and forgotten."""
        if offset > 0:
            self._updates = [update for update in self._updates if update["update_id"] >= offset]
        return [update for update in self._updates if not allowed or "message" in allowed][:100]

    def text(self, person: Person, text: str) -> int:
        content: dict[str, Any] = {"text": text}
        if text.startswith("/"):
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        return self.message(person, content)

    def photo(self, person: Person, data: bytes, *, album: str | None, delay: float) -> int:
        with Image.open(io.BytesIO(data)) as opened:
            image = opened.convert("RGB")
        sides = [side for side in PHOTO_SIDES if side < max(image.size)]
        sizes = [self._size(_scaled(image, side), delay) for side in sides]
        sizes.append(self._size(data, delay))
        return self.message(person, {"photo": sizes} | ({"media_group_id": album} if album else {}))

    def document(self, person: Person, data: bytes, *, name: str, mime: str | None, announced: int | None) -> int:
        file = self._store(data, size=announced)
        content = {**file.described(), "file_name": name} | ({"mime_type": mime} if mime else {})
        return self.message(person, {"document": content})

    def sticker(self, person: Person) -> int:
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self.message(person, {"sticker": self._store(b"sticker").described() | shape})

    def message(self, person: Person, content: dict[str, Any]) -> int:
        """A message of the person, as an update for the bot."""
        sender = {"id": person.id, "is_bot": False, "first_name": person.name}
        if person.language:
            sender["language_code"] = person.language
        message = self._message(person.id, sender, content)
        self._updates.append({"update_id": next(self._ids), "message": message})
        return int(message["message_id"])

    def from_bot(self, params: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
        """A message of the bot, refused as Telegram would."""
        self.check_recipient(params)
        quoted = params.get("reply_parameters") or {}
        known = quoted.get("message_id") in self._messages[int(params["chat_id"])]
        if quoted and not known and not quoted.get("allow_sending_without_reply"):
            raise ApiError(400, "Bad Request: message to be replied not found")
        return self._message(int(params["chat_id"]), self.bot, content)

    def check_recipient(self, params: dict[str, Any]) -> None:
        """A bot cannot write first, nor to people who blocked it."""
        chat = int(params.get("chat_id", 0))
        if chat not in self._messages:
            raise ApiError(400, "Bad Request: chat not found")
        if chat in self.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")

    def _message(self, chat: int, sender: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
        number = next(self._ids)
        self._messages.setdefault(chat, set()).add(number)
        place = {"id": chat, "type": "private", "first_name": "Ann"}
        return {"message_id": number, "date": int(time.time()), "chat": place, "from": sender, **content}

    def _size(self, data: bytes, delay: float) -> dict[str, Any]:
        with Image.open(io.BytesIO(data)) as image:
            width, height = image.size
        return self._store(data, delay=delay).described() | {"width": width, "height": height}

    def _store(self, data: bytes, *, size: int | None = None, delay: float = 0.0) -> StoredFile:
        file = StoredFile(f"file-{next(self._ids)}", data, len(data) if size is None else size, delay)
        self.files[file.file_id] = file
        return file


def _scaled(image: Image.Image, longest_side: int) -> bytes:
    small = image.copy()
    small.thumbnail((longest_side, longest_side))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG")
    return buffer.getvalue()
