"""How much one person may ask for in a minute."""

from __future__ import annotations

import time
from collections import deque

from sneakers_ml.errors import Overloaded

__all__ = ["Cooldown", "SlowDown"]

WINDOW_S = 60.0


class SlowDown(Overloaded):
    """A person asks for more than they may; `seconds` until the next is taken.

    `first` is True for the first refusal since one was taken: one sentence answers, ninety are noise.
    """

    def __init__(self, *, seconds: float, first: bool) -> None:
        super().__init__("one person asks for more than BOT_PER_MINUTE allows; wait a minute")
        self.seconds = seconds
        self.first = first


class Cooldown:
    """A sliding window over what each person was answered."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._taken: dict[int, deque[float]] = {}
        self._told: set[int] = set()

    def take(self, person: int, at: float | None = None) -> None:
        """Count one request.

        Args:
            person: who asks.
            at: when it was sent, in seconds since 1970; now where None.

        Raises:
            SlowDown: the person has had as much as a minute allows.
        """
        now = time.time() if at is None else at
        self._forget(now)
        taken = self._taken.setdefault(person, deque())
        if len(taken) >= self.per_minute:
            first = person not in self._told
            self._told.add(person)
            raise SlowDown(seconds=max(1.0, taken[0] + WINDOW_S - now), first=first)
        taken.append(now)
        self._told.discard(person)

    def _forget(self, now: float) -> None:
        for person in [person for person, taken in self._taken.items() if taken and taken[-1] < now - WINDOW_S]:
            del self._taken[person]
            self._told.discard(person)
        for taken in self._taken.values():
            while taken and taken[0] < now - WINDOW_S:
                taken.popleft()
