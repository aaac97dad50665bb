"""The bot's database: one SQLite file, its tables made and changed by numbered migrations."""

from __future__ import annotations

import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite

from sneakers_ml.errors import SneakersError

__all__ = ["MIGRATIONS", "DatabaseError", "open_database"]

MIGRATIONS = (
    """
    CREATE TABLE inbox (
        update_id INTEGER PRIMARY KEY,
        body TEXT,                          -- the update as Telegram sent it; NULL once it is done
        received REAL NOT NULL,             -- seconds since 1970
        person INTEGER,
        chat INTEGER,
        album TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        placeholder INTEGER,                -- message that says "looking" and becomes the answer
        album_begun INTEGER NOT NULL DEFAULT 0, -- pictures may have been delivered
        done REAL                           -- when it was answered; NULL while it waits
    );
    CREATE INDEX inbox_waiting ON inbox (update_id) WHERE done IS NULL;
    CREATE INDEX inbox_album ON inbox (album) WHERE album IS NOT NULL;
    CREATE TABLE owner (bot INTEGER NOT NULL); -- whose updates and files these are
    CREATE TABLE people (person INTEGER PRIMARY KEY, language TEXT);
    CREATE TABLE chats (chat INTEGER PRIMARY KEY, language TEXT, answers_all INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE searches (
        search_id INTEGER PRIMARY KEY,      -- the update that asked for it
        person INTEGER NOT NULL,
        chat INTEGER NOT NULL,
        body TEXT NOT NULL,
        made REAL NOT NULL
    );
    CREATE INDEX searches_made ON searches (made);
    CREATE TABLE feedback (
        search_id INTEGER PRIMARY KEY,
        person INTEGER NOT NULL,
        photo TEXT,                         -- file_unique_id of Telegram
        said TEXT,
        meant TEXT NOT NULL,
        bundle TEXT NOT NULL,
        made REAL NOT NULL
    );
    """,
)
"""SQL that takes the schema from each version to the next; only ever added to."""


class DatabaseError(SneakersError):
    """The database cannot be used."""


@asynccontextmanager
async def open_database(path: Path) -> AsyncIterator[aiosqlite.Connection]:
    """Open the database for the one bot that uses it, and bring its schema up to date.

    Each statement is a transaction of its own, as many share the connection; it is on the disk when it returns (WAL,
    synchronous=FULL).

    Raises:
        DatabaseError: another bot uses it, a newer version of this project wrote it, or it is none.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DatabaseError(f"{path}: another bot uses it; stop that one, or set BOT_DATABASE") from None
        async with aiosqlite.connect(path, isolation_level=None) as database:
            try:
                await _migrate(database, path)
            except aiosqlite.DatabaseError as error:
                raise DatabaseError(f"{path}: not a database of this bot ({error}); move it away") from None
            yield database
    finally:
        os.close(lock)


async def _migrate(database: aiosqlite.Connection, path: Path) -> None:
    database.row_factory = aiosqlite.Row
    await database.execute("PRAGMA journal_mode = WAL")
    await database.execute("PRAGMA synchronous = FULL")
    await database.execute("PRAGMA secure_delete = ON")  # what /forget deletes is gone from the file
    async with database.execute("PRAGMA user_version") as cursor:
        row = await cursor.fetchone()
    version = int(row[0]) if row else 0
    if version > len(MIGRATIONS):
        raise DatabaseError(
            f"{path}: of schema {version}, this version knows {len(MIGRATIONS)}; install a newer sneakers-ml"
        )
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        await database.executescript(f"BEGIN; {script}; PRAGMA user_version = {number}; COMMIT;")
