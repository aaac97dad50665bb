"""What goes wrong because a test says so: refusals, lost replies, broken connections, limits of a chat."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal

from tests.support.telegram_errors import ApiError, bad_request

__all__ = ["CONFLICT", "Failures", "Kind", "Rule", "error_of"]

CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
LIMITED = ("send", "edit")
PHOTO_METHODS = frozenset({"sendPhoto", "sendMediaGroup"})

Kind = Literal["fail", "drop", "lose"]


@dataclass
class Rule:
    """`left` calls of a method fail so; with `chat`, only those to that chat."""

    kind: Kind
    method: str
    left: int
    chat: int | None = None
    error: ApiError | None = None
    seconds: float = 0.0


@dataclass
class Failures:
    """Not thread-safe: the server calls it under its lock."""

    rules: list[Rule] = field(default_factory=list)
    limits: dict[int, float] = field(default_factory=dict)
    no_photos: set[int] = field(default_factory=set)

    def take(self, kind: Kind, method: str, chat: int | None) -> Rule | None:
        """The first rule that fits the call, used up once."""
        for rule in self.rules:
            if rule.kind == kind and rule.method == method and rule.left > 0 and rule.chat in (None, chat):
                rule.left -= 1
                return rule
        return None

    def check(self, method: str, chat: int | None) -> None:
        """Refuse the call where a test said so.

        Raises:
            ApiError: what the bot is told.
        """
        wait = self.limits.get(chat or 0, 0.0) - time.monotonic()
        if wait > 0 and method.startswith(LIMITED):
            raise error_of(429, retry_after=math.ceil(wait))
        if chat in self.no_photos and method in PHOTO_METHODS:
            raise bad_request("not enough rights to send photos to the chat")
        rule = self.take("fail", method, chat)
        if rule is not None and rule.error is not None:
            raise rule.error


def error_of(
    code: int,
    *,
    retry_after: int | None = None,
    description: str | None = None,
    body: bytes | None = None,
    migrate_to: int | None = None,
) -> ApiError:
    """An error in Telegram's words for that status, unless a test has words of its own."""
    usual = HTTPStatus(code).phrase
    if migrate_to is not None:
        usual = "Bad Request: group chat was upgraded to a supergroup chat"
    elif code == 429:
        retry_after = 1 if retry_after is None else retry_after
        usual = f"Too Many Requests: retry after {retry_after}"
    elif code == 409:
        usual = CONFLICT
    return ApiError(code, description or usual, retry_after, migrate_to=migrate_to, body=body)
