"""The Bot API as a bot without a library would call it."""

from __future__ import annotations

import json
from typing import Any

import httpx

__all__ = ["buttons", "made", "ok", "refused", "say", "updates"]


def ok(response: httpx.Response) -> Any:
    """The result of a request that worked."""
    body = response.json()
    assert body["ok"] is True, body
    assert response.status_code == 200
    return body["result"]


def refused(response: httpx.Response) -> tuple[int, str]:
    """Code and description of one that did not."""
    body = response.json()
    assert body["ok"] is False, body
    assert body["error_code"] == response.status_code
    return response.status_code, body["description"]


def made(**params: Any) -> dict[str, Any]:
    """Parameters of a form: lists and objects are JSON there."""
    return {name: json.dumps(value) if isinstance(value, (list, dict)) else value for name, value in params.items()}


def updates(client: httpx.Client, **params: Any) -> list[dict[str, Any]]:
    """What a poll brings; it does not wait unless `timeout` says so."""
    found: list[dict[str, Any]] = ok(client.post("getUpdates", data=made(**{"timeout": 0} | params)))
    return found


def say(client: httpx.Client, text: str = "hi", **params: Any) -> dict[str, Any]:
    """A message of the bot to person 1."""
    message: dict[str, Any] = ok(client.post("sendMessage", data=made(chat_id=1, text=text, **params)))
    return message


def buttons(*labels: str) -> dict[str, Any]:
    """A row of buttons, each with its label in small letters as its data."""
    return {"inline_keyboard": [[{"text": label, "callback_data": label.lower()} for label in labels]]}
