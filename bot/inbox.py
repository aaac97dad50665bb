"""The durable inbox: an update is in it before Telegram is told that it was received, until it is answered."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import aiosqlite

__all__ = ["Entry", "Inbox", "Progress"]

SEARCHING = ("/similar", "/find")
"""Commands that look at photos, or search, as messages do that are no commands."""
KEPT_S = 2 * 24 * 3600.0
"""How long a done update's number is kept: Telegram sends an update again for 24 hours at most."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A waiting update: who sent it where, and the album that it is a part of."""

    update_id: int
    received: float
    person: int | None
    chat: int | None
    album: str | None
    slow: bool
    """Whether a photo has to be looked at."""
    attempts: int = 0
    """How often an answer was begun by processes that are no more."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an update's answer had come before the process was stopped, if it was.

    `attempts` counts this one. `placeholder` is the message that becomes the answer, `album_begun` says that its
    pictures may have been delivered.
    """

    attempts: int = 0
    placeholder: int | None = None
    album_begun: bool = False


class Inbox:
    """The table `inbox`; what a method writes is on the disk when it returns."""

    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database

    async def belong_to(self, bot: int) -> None:
        """Forget updates and searches of another bot: this one numbers its updates anew and cannot fetch its files."""
        async with self._database.execute("SELECT bot FROM owner") as cursor:
            row = await cursor.fetchone()
        if row is not None and row["bot"] == bot:
            return
        for table in ("inbox", "searches", "owner"):
            await self._database.execute(f"DELETE FROM {table}")  # noqa: S608 - our tables
        await self._database.execute("INSERT INTO owner VALUES (?)", (bot,))

    async def put(self, updates: Iterable[Mapping[str, Any]]) -> list[Entry]:
        """Keep updates; returns those that wait. One that is there already, done or not, is left as it is."""
        now = time.time()
        read = [(_entry(update, now), json.dumps(update, ensure_ascii=False)) for update in updates]
        if not read:
            return []
        rows: list[object] = []
        for entry, body in read:
            rows += [entry.update_id, body, now, entry.person, entry.chat, entry.album]
        marks = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(read))
        columns = "update_id, body, received, person, chat, album"
        await self._database.execute(f"INSERT OR IGNORE INTO inbox ({columns}) VALUES {marks}", rows)  # noqa: S608
        return [entry for entry, _ in read if await self._waits(entry.update_id)]

    async def waiting(self) -> list[Entry]:
        """Everything that is not done, in the order in which it came."""
        query = "SELECT body, received, attempts FROM inbox WHERE done IS NULL ORDER BY update_id"
        async with self._database.execute(query) as rows:
            return [
                replace(_entry(json.loads(row["body"]), row["received"]), attempts=row["attempts"])
                async for row in rows
            ]

    async def bodies(self, update_ids: Iterable[int]) -> list[dict[str, Any]]:
        """Updates as Telegram sent them, in its order; without those that are done."""
        found = []
        for each in sorted(update_ids):
            async with self._database.execute("SELECT body FROM inbox WHERE update_id = ?", (each,)) as cursor:
                row = await cursor.fetchone()
            if row and row["body"]:
                found.append(json.loads(row["body"]))
        return found

    async def begin(self, update_id: int) -> Progress:
        """Count an attempt to answer an update; returns how far its answer had come."""
        await self._database.execute("UPDATE inbox SET attempts = attempts + 1 WHERE update_id = ?", (update_id,))
        return await self.progress(update_id)

    async def progress(self, update_id: int) -> Progress:
        """How far an update's answer has come."""
        query = "SELECT attempts, placeholder, album_begun FROM inbox WHERE update_id = ?"
        async with self._database.execute(query, (update_id,)) as cursor:
            row = await cursor.fetchone()
        return Progress(row["attempts"], row["placeholder"], bool(row["album_begun"])) if row else Progress()

    async def placed(self, update_id: int, message_id: int | None) -> None:
        """Remember the message that becomes the update's answer; None where it is gone."""
        await self._database.execute("UPDATE inbox SET placeholder = ? WHERE update_id = ?", (message_id, update_id))

    async def begin_album(self, update_id: int) -> None:
        """Remember that pictures are being sent: after a crash nobody can tell whether they arrived."""
        await self._database.execute("UPDATE inbox SET album_begun = 1 WHERE update_id = ?", (update_id,))

    async def finish(self, update_ids: Iterable[int]) -> None:
        """Mark updates as done, and forget what was in them."""
        now = time.time()
        await self._database.executemany(
            "UPDATE inbox SET done = ?, body = NULL WHERE update_id = ?", [(now, each) for each in update_ids]
        )

    async def prune(self) -> None:
        """Forget the numbers of updates that cannot come again."""
        await self._database.execute("DELETE FROM inbox WHERE done < ?", (time.time() - KEPT_S,))

    async def answered(self, album: str) -> bool:
        """Whether an album, or a part of it, is done: a photo of it that comes later gets no answer of its own."""
        query = "SELECT 1 FROM inbox WHERE album = ? AND done IS NOT NULL LIMIT 1"
        async with self._database.execute(query, (album,)) as cursor:
            return await cursor.fetchone() is not None

    async def _waits(self, update_id: int) -> bool:
        query = "SELECT 1 FROM inbox WHERE update_id = ? AND done IS NULL"
        async with self._database.execute(query, (update_id,)) as cursor:
            return await cursor.fetchone() is not None


def _entry(update: Mapping[str, Any], received: float) -> Entry:
    """What the line in front of the bot goes by; an update of any shape passes."""
    kind = next((name for name in update if name != "update_id"), "")
    content = _part(update, kind)
    message = _part(content, "message") if kind == "callback_query" else content
    chat, group, text = _part(message, "chat").get("id"), content.get("media_group_id"), content.get("text")
    person = _part(content, "from").get("id")
    command = text if isinstance(text, str) and text.startswith("/") else ""
    return Entry(
        int(update["update_id"]),
        received,
        person if isinstance(person, int) else None,
        chat if isinstance(chat, int) else None,
        f"{chat}:{group}" if isinstance(group, str) else None,
        slow=kind == "message" and (not command or command.startswith(SEARCHING)),
    )


def _part(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = content.get(name)
    return part if isinstance(part, dict) else {}
