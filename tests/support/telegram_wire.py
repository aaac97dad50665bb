"""The fake Telegram's side of the wire: requests of the bot as values, answers as the Bot API words them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.support.telegram_rules import ApiError

__all__ = ["Call", "Picture", "ok", "read", "refused"]


@dataclass(frozen=True)
class Picture:
    """One picture of an answer with the caption under it."""

    data: bytes
    caption: str


@dataclass(frozen=True)
class Call:
    """One request of the bot; `error` is the HTTP status where it was refused, `at` the monotonic time in seconds."""

    method: str
    params: dict[str, Any]
    pictures: tuple[Picture, ...] = ()
    error: int | None = None
    at: float = field(default_factory=time.monotonic)

    @property
    def chat(self) -> int | None:
        return int(self.params["chat_id"]) if "chat_id" in self.params else None

    @property
    def text(self) -> str:
        """The text of a message, or the captions of its pictures."""
        return str(self.params.get("text") or "\n\n".join(picture.caption for picture in self.pictures))

    @property
    def reply_to(self) -> int | None:
        """The message that this one quotes."""
        quoted = self.params.get("reply_parameters")
        return int(quoted["message_id"]) if quoted else None


async def read(request: web.Request) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Parameters and uploaded files, from the query, a form or JSON."""
    params: dict[str, Any] = dict(request.query)
    files: dict[str, bytes] = {}
    if request.content_type == "application/json":
        return params | await request.json(), files
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = value.file.read()
            value.file.close()
        else:
            params[name] = _value(str(value))
    return params, files


def _value(text: str) -> Any:
    """A form's field: lists and objects come as JSON, the rest as text."""
    if not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def ok(result: Any) -> web.Response:
    """The answer to a request that worked."""
    return web.json_response({"ok": True, "result": result})


def refused(error: ApiError) -> web.Response:
    """The answer to a request that did not."""
    body: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    if error.retry_after is not None:
        body["parameters"] = {"retry_after": error.retry_after}
    return web.json_response(body, status=error.code)
