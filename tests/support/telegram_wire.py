"""The fake Telegram's side of the wire: requests of the bot as values, answers as the Bot API words them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.support.telegram_errors import ApiError, bad_request

__all__ = ["Call", "Done", "Params", "Picture", "Upload", "Uploads", "ok", "read", "refused"]

JSON_FIELDS = frozenset(
    {
        *("allowed_updates", "button", "caption_entities", "commands", "entities", "link_preview_options", "media"),
        *("reply_markup", "reply_parameters", "results", "scope"),
    }
)
"""Parameters that are lists or objects: a form carries them as JSON, while a text may merely look like it."""


@dataclass(frozen=True)
class Upload:
    """A file in a request of the bot."""

    name: str
    data: bytes


Params = dict[str, Any]
Uploads = dict[str, Upload]


@dataclass(frozen=True)
class Picture:
    """One picture of a message with the caption under it; `data` is empty where the server keeps only sizes."""

    data: bytes
    caption: str
    size: int = 0


@dataclass(frozen=True)
class Call:
    """One request of the bot; `at` is the monotonic time in seconds.

    `error` is the HTTP status where it was refused, 0 where the connection closed before anything was done.
    `message_ids` are the messages that it made.
    """

    method: str
    params: Params
    pictures: tuple[Picture, ...] = ()
    error: int | None = None
    message_ids: tuple[int, ...] = ()
    at: float = field(default_factory=time.monotonic)

    @property
    def chat(self) -> int | None:
        try:
            return int(self.params["chat_id"])
        except (KeyError, ValueError):
            return None

    @property
    def text(self) -> str:
        """The text of a message, or the captions of its pictures, with the mark-up as it was sent."""
        return str(self.params.get("text") or "\n\n".join(picture.caption for picture in self.pictures))

    @property
    def reply_to(self) -> int | None:
        """The message that this one quotes."""
        quoted = self.params.get("reply_parameters")
        return int(quoted["message_id"]) if quoted else None


@dataclass(frozen=True)
class Done:
    """What a method did: the result that it answers with, and what the test may look at later."""

    result: Any
    pictures: tuple[Picture, ...] = ()
    message_ids: tuple[int, ...] = ()
    description: str | None = None


async def read(request: web.Request) -> tuple[Params, Uploads]:
    """Parameters and uploaded files, from the query, a form or JSON.

    Raises:
        ApiError: a parameter that should be JSON is not.
    """
    params: Params = dict(request.query)
    uploads: Uploads = {}
    if request.content_type == "application/json":
        try:
            params |= await request.json()
        except ValueError:
            raise bad_request("can't parse JSON object") from None
    else:
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                uploads[name] = Upload(value.filename, value.file.read())
                value.file.close()
            else:
                params[name] = str(value)
    return {name: _value(name, value) for name, value in params.items() if value is not None}, uploads


def _value(name: str, value: Any) -> Any:
    if name not in JSON_FIELDS or not isinstance(value, str) or not value:
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None


def ok(done: Done) -> web.Response:
    """The answer to a request that worked."""
    more = {"description": done.description} if done.description else {}
    return web.json_response({"ok": True, "result": done.result, **more})


def refused(error: ApiError) -> web.Response:
    """The answer to a request that did not."""
    if error.body is not None:
        return web.Response(body=error.body, status=error.code, content_type="text/html")
    body: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    more = {"retry_after": error.retry_after, "migrate_to_chat_id": error.migrate_to}
    known = {name: value for name, value in more.items() if value is not None}
    return web.json_response(body | ({"parameters": known} if known else {}), status=error.code)
