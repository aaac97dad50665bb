"""The Bot API as a bot without a library would call it."""

from __future__ import annotations

import json
from typing import Any

import httpx

__all__ = ["made", "ok", "refused"]


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
