"""Who is next: in turn, within limits, alone where a process died of it before; and what becomes of what fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from telegram import Update
from telegram.error import BadRequest, Forbidden, NetworkError, TimedOut

from bot.database import open_database
from bot.dispatcher import MOST_ATTEMPTS, SUSPECT, Dispatcher, Job, Limits
from bot.inbox import Inbox
from bot.metrics import Metrics

PATIENCE_S = 10.0


def message(update_id: int, person: int = 1, text: str = "words") -> dict[str, Any]:
    chat = {"id": person, "type": "private"}
    user = {"id": person, "is_bot": False, "first_name": "Ann"}
    return {"update_id": update_id, "message": {"message_id": 1, "date": 0, "chat": chat, "from": user, "text": text}}


class Desk:
    """A dispatcher whose handler waits until it is told to go on, and what it has done."""

    def __init__(self, inbox: Inbox, **limits: Any) -> None:
        self.inbox = inbox
        self.gate = asyncio.Event()
        self.running: list[int] = []
        self.most = 0
        self.done: list[int] = []
        self.placed: list[tuple[int, int]] = []
        self.said: list[tuple[int, str]] = []
        self.errors: dict[int, list[BaseException]] = {}
        self.dispatcher = Dispatcher(
            inbox,
            lambda body: Update.de_json(body, None),
            self._handle,
            self._notify,
            self._sorry,
            Limits(**{"slow": 2, "person": 1, "age": 60.0} | limits),
            Metrics(),
        )

    async def _handle(self, job: Job) -> None:
        self.running.append(job.update_id)
        self.most = max(self.most, len(self.running))
        await self.gate.wait()
        self.running.remove(job.update_id)
        if errors := self.errors.get(job.update_id):
            job.error = errors.pop(0)
        else:
            self.done.append(job.update_id)

    async def _notify(self, job: Job, place: int) -> None:
        self.placed.append((job.update_id, place))

    async def _sorry(self, job: Job, sentence: str) -> None:
        self.said.append((job.update_id, sentence))
        if errors := self.errors.get(job.update_id):
            raise errors.pop(0)

    async def until(self, met: Callable[[], bool]) -> None:
        while not met():
            await asyncio.sleep(0.01)


def scenario(path: Path, play: Callable[[Desk], Awaitable[None]], *updates: dict[str, Any], **limits: Any) -> None:
    async def run() -> None:
        async with open_database(path / "bot.sqlite3") as database:
            desk = Desk(Inbox(database), **limits)
            await desk.inbox.put(updates)
            working = asyncio.create_task(desk.dispatcher.run())
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await play(desk)
            finally:
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)
                await desk.dispatcher.stop(0)

    asyncio.run(run())


def test_people_share_and_are_told_their_place(tmp_path: Path) -> None:
    async def play(desk: Desk) -> None:
        await desk.until(lambda: len(desk.running) == 2 and len(desk.placed) == 3)
        assert desk.running == [1, 3]  # one of each person, in turn
        assert desk.placed == [(2, 1), (4, 2), (5, 3)]
        desk.gate.set()
        await desk.until(lambda: len(desk.done) == 5)
        assert desk.most == 2
        await desk.until(lambda: not desk.dispatcher.waiting)
        assert await desk.inbox.waiting() == []

    scenario(tmp_path, play, message(1, 7), message(2, 7), message(3, 8), message(4, 8), message(5, 9))


def test_a_command_waits_behind_no_photo(tmp_path: Path) -> None:
    async def play(desk: Desk) -> None:
        await desk.until(lambda: desk.running == [1, 2])

    scenario(tmp_path, play, message(1, 7), message(2, 8, "/start"), slow=1)


def test_what_a_process_died_of_is_looked_at_alone_and_given_up_in_the_end(tmp_path: Path) -> None:
    async def suspects() -> None:
        async with open_database(tmp_path / "bot.sqlite3") as database:
            inbox = Inbox(database)
            await inbox.put([message(1, 7), message(2, 8), message(3, 9), message(4, 10)])
            for update_id, attempts in ((1, MOST_ATTEMPTS), (2, SUSPECT), (3, SUSPECT - 1)):
                for _ in range(attempts):
                    await inbox.begin(update_id)

    async def play(desk: Desk) -> None:
        await desk.until(lambda: desk.said == [(1, "failed")] and desk.running == [2])
        await asyncio.sleep(0.05)
        assert desk.running == [2]
        desk.gate.set()
        await desk.until(lambda: len(desk.done) == 3)
        assert desk.done[0] == 2

    asyncio.run(suspects())
    scenario(tmp_path, play)


def test_what_waited_too_long_is_told_so(tmp_path: Path) -> None:
    async def play(desk: Desk) -> None:
        await desk.until(lambda: desk.said == [(1, "away")])
        await desk.until(lambda: desk.dispatcher.waiting == 0)

    scenario(tmp_path, play, message(1), age=0.0)


def test_what_the_network_lost_is_tried_again(tmp_path: Path) -> None:
    async def play(desk: Desk) -> None:
        desk.errors = {1: [NetworkError("gone")], 2: [TimedOut()]}
        desk.gate.set()
        started = time.monotonic()
        await desk.until(lambda: sorted(desk.done) == [1, 2])
        assert 1.9 < time.monotonic() - started < 5

    scenario(tmp_path, play, message(1, 7), message(2, 8))


@pytest.mark.parametrize("error", [Forbidden("blocked"), BadRequest("chat not found")])
def test_an_apology_that_nobody_takes_is_not_repeated(tmp_path: Path, error: Exception) -> None:
    async def play(desk: Desk) -> None:
        while await desk.inbox.waiting():
            await asyncio.sleep(0.01)
        assert desk.said == [(1, "away")]

    async def run() -> None:
        async with open_database(tmp_path / "bot.sqlite3") as database:
            desk = Desk(Inbox(database), age=0.0)
            desk.errors[1] = [error]
            await desk.inbox.put([message(1)])
            working = asyncio.create_task(desk.dispatcher.run())
            async with asyncio.timeout(PATIENCE_S):
                await play(desk)
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    asyncio.run(run())


def test_trying_again_is_no_attempt_that_may_have_killed_a_process(tmp_path: Path) -> None:
    async def play(desk: Desk) -> None:
        desk.errors[1] = [NetworkError("gone")]
        desk.gate.set()
        await desk.until(lambda: desk.done == [1])
        assert (await desk.inbox.progress(1)).attempts == 1

    scenario(tmp_path, play, message(1))


def test_what_is_handed_over_twice_is_answered_once(tmp_path: Path) -> None:
    async def play(desk: Desk) -> None:
        await desk.until(lambda: desk.running == [1])
        desk.dispatcher.accept(await desk.inbox.put([message(1), message(2)]))
        desk.dispatcher.accept(await desk.inbox.waiting())
        desk.gate.set()
        await desk.until(lambda: len(desk.done) == 2)
        await asyncio.sleep(0.05)
        assert sorted(desk.done) == [1, 2]

    scenario(tmp_path, play, message(1))


def test_a_photo_of_an_album_that_comes_while_it_is_answered_or_later_has_no_answer_of_its_own(tmp_path: Path) -> None:
    def part(update_id: int) -> dict[str, Any]:
        made = message(update_id)
        made["message"]["media_group_id"] = "a"
        return made

    async def play(desk: Desk) -> None:
        await desk.until(lambda: desk.running == [1])
        desk.dispatcher.accept(await desk.inbox.put([part(2)]))
        desk.gate.set()
        await desk.until(lambda: desk.done == [1])
        while await desk.inbox.waiting():
            await asyncio.sleep(0.01)
        desk.dispatcher.accept(await desk.inbox.put([part(3)]))
        while await desk.inbox.waiting():
            await asyncio.sleep(0.01)
        assert desk.done == [1]

    scenario(tmp_path, play, part(1))


def test_a_group_leaves_room_for_others(tmp_path: Path) -> None:
    def in_group(update_id: int) -> dict[str, Any]:
        made = message(update_id, update_id)
        made["message"]["chat"] = {"id": -5, "type": "group", "title": "Sneakers"}
        return made

    async def play(desk: Desk) -> None:
        await desk.until(lambda: len(desk.running) == 3)
        await asyncio.sleep(0.05)
        assert desk.running == [1, 2, 5]

    scenario(tmp_path, play, *map(in_group, (1, 2, 3, 4)), message(5, 5), slow=4)


@pytest.mark.parametrize("error", [Forbidden("blocked"), RuntimeError("a mistake")])
def test_what_cannot_be_mended_by_trying_is_done(tmp_path: Path, error: Exception) -> None:
    async def play(desk: Desk) -> None:
        desk.errors[1] = [error]
        desk.gate.set()
        await desk.until(lambda: desk.errors[1] == [] and not desk.running)
        while await desk.inbox.waiting():
            await asyncio.sleep(0.01)
        assert desk.done == []

    scenario(tmp_path, play, message(1))
