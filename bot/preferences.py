"""What people and groups have chosen, and how a person's data is deleted."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import aiosqlite

__all__ = ["GroupSettings", "Preferences"]

CHECKPOINT_TRIES, CHECKPOINT_PAUSE_S = 50, 0.05


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """A group's: `language` None follows the person who asks; `answers_all` answers photos that nobody asked about."""

    language: str | None = None
    answers_all: bool = False


class Preferences:
    """The tables `people` and `chats`."""

    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database

    async def language(self, person: int) -> str | None:
        """The language that a person has chosen."""
        async with self._database.execute("SELECT language FROM people WHERE person = ?", (person,)) as cursor:
            row = await cursor.fetchone()
        return str(row["language"]) if row and row["language"] else None

    async def choose_language(self, person: int, language: str | None) -> None:
        """None: the language of the person's Telegram."""
        await self._database.execute("INSERT OR REPLACE INTO people VALUES (?, ?)", (person, language))

    async def group(self, chat: int) -> GroupSettings:
        """The settings of a group."""
        query = "SELECT language, answers_all FROM chats WHERE chat = ?"
        async with self._database.execute(query, (chat,)) as cursor:
            row = await cursor.fetchone()
        return GroupSettings(row["language"], bool(row["answers_all"])) if row else GroupSettings()

    async def set_group(self, chat: int, settings: GroupSettings) -> None:
        """Keep the settings of a group."""
        values = chat, settings.language, settings.answers_all
        await self._database.execute("INSERT OR REPLACE INTO chats VALUES (?, ?, ?)", values)

    async def move_group(self, old: int, new: int) -> None:
        """A group became a supergroup, with another id."""
        await self._database.execute("UPDATE OR REPLACE chats SET chat = ? WHERE chat = ?", (new, old))
        await self._database.execute("UPDATE searches SET chat = ? WHERE chat = ?", (new, old))

    async def forget(self, person: int) -> None:
        """Delete everything that is kept of a person, updates that wait included."""
        for table in ("people", "searches", "feedback"):
            await self._database.execute(f"DELETE FROM {table} WHERE person = ?", (person,))  # noqa: S608 - our tables
        await self._database.execute(
            "UPDATE inbox SET body = NULL, person = NULL, chat = NULL, album = NULL, done = coalesce(done, received)"
            " WHERE person = ?",
            (person,),
        )
        for _ in range(CHECKPOINT_TRIES):  # the log holds what was, too; it can be emptied while nobody reads or writes
            with suppress(aiosqlite.OperationalError):
                await self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                break
            await asyncio.sleep(CHECKPOINT_PAUSE_S)
