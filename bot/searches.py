"""Searches whose answers have buttons, so that a button works after a restart; and what people say of an answer."""

from __future__ import annotations

import time
from dataclasses import dataclass

import aiosqlite
from pydantic import TypeAdapter

__all__ = ["Search", "Searches"]

KEPT_S = 30 * 24 * 3600.0
"""How long the buttons of an answer work."""


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked for, how it is narrowed, and what was shown: all that a button needs.

    One of photos, like and words is what is asked; `photos` are file ids of Telegram, several where an album was sent,
    `photo_keys` their lasting ids, `like` is a photo of the gallery. `shown` and what follows are filled when answered.
    """

    photos: tuple[str, ...] = ()
    photo_keys: tuple[str, ...] = ()
    link: str | None = None
    like: str | None = None
    words: str | None = None
    page: int = 0
    brand: str | None = None
    colour: str | None = None
    currency: str | None = None
    min_price: float | None = None
    max_price: float | None = None
    less: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    more: bool = False
    """Whether another page follows."""


_SEARCH = TypeAdapter(Search)


class Searches:
    """The tables `searches` and `feedback`."""

    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database

    async def keep(self, search_id: int, person: int, chat: int, search: Search) -> None:
        """Keep a search under the id of the update that asked for it; asked again after a crash, it is the same.

        Nothing is kept where the person had everything forgotten meanwhile.
        """
        body = _SEARCH.dump_json(search, exclude_defaults=True).decode()
        values = search_id, person, chat, body, time.time(), search_id
        await self._database.execute(
            "INSERT OR REPLACE INTO searches SELECT ?, ?, ?, ?, ?"
            " WHERE EXISTS (SELECT 1 FROM inbox WHERE update_id = ? AND done IS NULL)",
            values,
        )

    async def get(self, search_id: int, person: int, chat: int) -> Search | None:
        """The search of that person in that chat; None where there is none."""
        query = "SELECT body FROM searches WHERE search_id = ? AND person = ? AND chat = ?"
        async with self._database.execute(query, (search_id, person, chat)) as cursor:
            row = await cursor.fetchone()
        return _SEARCH.validate_json(row["body"]) if row else None

    async def exists(self, search_id: int, chat: int) -> bool:
        """Whether anybody has that search in that chat."""
        query = "SELECT 1 FROM searches WHERE search_id = ? AND chat = ?"
        async with self._database.execute(query, (search_id, chat)) as cursor:
            return await cursor.fetchone() is not None

    async def tell(self, search_id: int, person: int, search: Search, meant: str, bundle: str) -> None:
        """Keep what a person says the brand is; the last word counts."""
        photo, said = next(iter(search.photo_keys), None), next(iter(search.brands), None)
        values = search_id, person, photo, said, meant, bundle, time.time()
        await self._database.execute("INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    async def counts(self) -> dict[str, int]:
        """How many people searched within `KEPT_S`, how many searches there are, and what people said of brands."""
        query = "SELECT count(DISTINCT person) AS people, count(*) AS searches FROM searches"
        async with self._database.execute(query) as cursor:
            row = await cursor.fetchone()
        async with self._database.execute("SELECT count(*) AS feedback FROM feedback") as cursor:
            told = await cursor.fetchone()
        return {**(dict(row) if row else {}), **(dict(told) if told else {})}

    async def prune(self) -> None:
        """Forget searches whose buttons have had their time."""
        await self._database.execute("DELETE FROM searches WHERE made < ?", (time.time() - KEPT_S,))
