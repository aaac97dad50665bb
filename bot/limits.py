"""A fair share for each person: a few photos at once, an album's worth waiting, the rest refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sneakers_ml.errors import Overloaded

__all__ = ["PENDING", "TooManyPhotos", "UserLimit"]

PENDING = 10
"""Photos of one person that may be under way or wait; Telegram's album holds ten."""


class TooManyPhotos(Overloaded):
    """One person has more photos waiting than we hold for them.

    `first` is True for the first refusal since that person had nothing waiting: one sentence answers, ninety are noise.
    """

    def __init__(self, *, first: bool) -> None:
        super().__init__("one person sent more photos than the bot holds for one person; wait for the answers")
        self.first = first


class _Turns:
    """The photos of one person."""

    def __init__(self, active: int) -> None:
        self.places = asyncio.Semaphore(active)
        self.pending = 0
        self.told = False


class UserLimit:
    """Lets `active` photos of a person go on side by side and up to `pending` in all exist; costs nothing when idle."""

    def __init__(self, active: int, pending: int = PENDING) -> None:
        self._active = active
        self._pending = max(pending, active)
        self._people: dict[int, _Turns] = {}

    @asynccontextmanager
    async def turn(self, person: int) -> AsyncIterator[None]:
        """Wait for one of the person's places and hold it, from download to the last word of the answer.

        Raises:
            TooManyPhotos: at once, where `pending` of the person's photos exist already.
        """
        turns = self._people.setdefault(person, _Turns(self._active))
        if turns.pending >= self._pending:
            first, turns.told = not turns.told, True
            raise TooManyPhotos(first=first)
        turns.pending += 1
        try:
            async with turns.places:
                yield
        finally:
            turns.pending -= 1
            if not turns.pending:
                del self._people[person]
