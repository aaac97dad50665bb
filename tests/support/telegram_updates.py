"""Updates that wait for the bot, whether it polls or has a webhook."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

__all__ = ["Updates", "Webhook"]

Update = dict[str, Any]

ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that a bot gets only where it names them."""


@dataclass
class Webhook:
    """Where updates go instead of being polled; the errors are those that getWebhookInfo shows."""

    url: str
    secret: str = ""
    error: str | None = None
    error_at: int = 0

    def failed(self, words: str) -> None:
        self.error, self.error_at = words, int(time.time())


class Updates:
    """Not thread-safe: the server calls it under its lock."""

    def __init__(self) -> None:
        self.webhook: Webhook | None = None
        self.allowed: list[str] = []
        self.held = 0
        self._next = 100_000_001
        self._waiting: list[Update] = []
        self._doubles: list[Update] = []
        self._all: dict[int, Update] = {}

    @property
    def last(self) -> int:
        return self._next - 1

    def push(self, kind: str, content: dict[str, Any]) -> int:
        """An update of that kind; returns its id."""
        return self.push_raw({kind: content})

    def push_raw(self, update: Update) -> int:
        """Any update; one that names an id of the past is handed out all the same, as a double is."""
        number = int(update.get("update_id", self._next))
        update = {"update_id": number} | update
        (self._waiting if number >= self._next else self._doubles).append(update)
        self._next = max(self._next, number + 1)
        self._all[number] = update
        return number

    def repeat(self, number: int) -> None:
        """Hand an update out once more, confirmed or not."""
        self._doubles.append(self._all[number])

    def allow(self, kinds: Any) -> None:
        """`allowed_updates` of a request: where it is not given, what was said before stays."""
        if isinstance(kinds, list):
            self.allowed = [str(kind) for kind in kinds]

    def drop(self) -> None:
        """`drop_pending_updates`."""
        self._waiting, self._doubles = [], []

    def pending(self) -> list[Update]:
        """What could be handed out now, doubles first: the newest id must come last, as bots go on from it."""
        self._waiting = [update for update in self._waiting if self._wanted(update)]
        self._doubles = [update for update in self._doubles if self._wanted(update)]
        return self._doubles + self._waiting

    def poll(self, offset: int, limit: int) -> list[Update]:
        """Updates from `offset` on; those before it are confirmed and forgotten. Negative ones count from the end."""
        if offset > 0:
            self._waiting = [update for update in self._waiting if update["update_id"] >= offset]
        elif offset < 0:
            self._waiting = self._waiting[offset:]
        if self.held:
            return []
        given = self.pending()[:limit]
        self._doubles = self._doubles[limit:]
        return given

    def first(self) -> Update | None:
        """What the webhook gets next."""
        return next(iter(self.pending()), None) if self.webhook and not self.held else None

    def delivered(self, update: Update) -> None:
        """The webhook took it."""
        queue = self._doubles if any(one is update for one in self._doubles) else self._waiting
        queue[:] = [one for one in queue if one is not update]

    def _wanted(self, update: Update) -> bool:
        kind = next((name for name in update if name != "update_id"), "")
        return kind in self.allowed if self.allowed else kind not in ON_REQUEST
