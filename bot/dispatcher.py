"""From the inbox to the handlers: who is next, how many at a time, and what becomes of an update that fails."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog
from telegram import Update
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.inbox import Entry, Inbox, Progress
from bot.metrics import Metrics
from bot.rate_limits import seconds_of

__all__ = ["Dispatcher", "Job", "Limits"]

ALBUM_GATHER_S = 1.5
"""Photos of an album come as updates of their own, in no fixed time: quiet for so long, it is taken to be whole."""
SUSPECT, MOST_ATTEMPTS = 3, 10
"""An update that was begun so often and never ended may be what ends the process: from `SUSPECT` on it is looked at
alone, so that no other is blamed, and after `MOST_ATTEMPTS` no more."""
QUICK_AT_ONCE = 32
ANNOUNCED_AT_ONCE = 8
RETRY_S = 2.0
LONGEST_RETRY_S = 60.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Limits:
    """How much goes on at once: `slow` updates with photos or words, and updates of one person; `age` is in seconds."""

    slow: int
    person: int
    age: float


@dataclass
class Job:
    """An update that is being answered; of an album all its updates."""

    entries: list[Entry]
    updates: list[Update] = field(default_factory=list)
    progress: Progress = field(default_factory=Progress)
    notice: asyncio.Task[None] | None = None
    """Tells the person where in the line they are, and becomes the answer."""
    announced: bool = False
    arrived: float = field(default_factory=time.monotonic)
    not_before: float = 0.0
    failures: int = 0
    error: BaseException | None = None
    """What the handler failed with, as the application's error handler was told."""

    @property
    def update_id(self) -> int:
        """The id of the first update, under which the answer's progress is kept."""
        return self.entries[0].update_id

    @property
    def suspect(self) -> bool:
        """Whether it may be what ended processes before this one."""
        return self.entries[0].attempts >= SUSPECT

    @property
    def person(self) -> int | None:
        """Who asks."""
        return self.entries[0].person

    @property
    def chat(self) -> int | None:
        """Where it was asked."""
        return self.entries[0].chat

    @property
    def slow(self) -> bool:
        """Whether it waits in the line of photos."""
        return self.entries[0].slow or self.suspect


class Dispatcher:
    """Starts jobs in the order in which they came, within the limits; the end of a job starts the next.

    Args:
        inbox: where updates are until they are answered.
        parse: an update as Telegram sent it to a value of the library; raises where it cannot.
        handle: answers a job.
        notify: tells a person that they are number N in the line.
        sorry: tells a person, by a sentence of `Texts`, why an update gets no answer.
        limits: how much goes on at once.
        metrics: what is counted.
    """

    def __init__(
        self,
        inbox: Inbox,
        parse: Callable[[dict[str, Any]], Update],
        handle: Callable[[Job], Awaitable[None]],
        notify: Callable[[Job, int], Awaitable[None]],
        sorry: Callable[[Job, str], Awaitable[None]],
        limits: Limits,
        metrics: Metrics,
    ) -> None:
        self._inbox, self._parse, self._handle, self._notify, self._sorry = inbox, parse, handle, notify, sorry
        self._limits, self._metrics = limits, metrics
        self._line: list[Job] = []
        self._albums: dict[str, Job] = {}
        self._running: dict[asyncio.Task[None], Job] = {}
        self._wake = asyncio.Event()
        self._announcing = asyncio.Semaphore(ANNOUNCED_AT_ONCE)
        self._unreadable: Counter[str] = Counter()

    @property
    def waiting(self) -> int:
        """Jobs in the line."""
        return len(self._line)

    def job_of(self, update: Update) -> Job:
        """The running job that an update belongs to."""
        of = update.update_id
        return next(job for job in self._running.values() if any(entry.update_id == of for entry in job.entries))

    def accept(self, entries: Iterable[Entry]) -> None:
        """Put updates that the inbox holds at the end of the line, unless they are there or being answered."""
        here = {entry.update_id for job in (*self._line, *self._running.values()) for entry in job.entries}
        for entry in entries:
            if entry.update_id in here:
                continue
            if entry.album and (job := self._albums.get(entry.album)):
                job.entries.append(entry)
                job.arrived = time.monotonic()
                continue
            job = Job([entry])
            if entry.album:
                self._albums[entry.album] = job
            self._line.append(job)
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled; first what an earlier process left unanswered."""
        self.accept(await self._inbox.waiting())
        while True:
            self._wake.clear()
            pause = self._start_what_may()
            self._metrics.line(waiting=len(self._line), working=len(self._running))
            try:
                await asyncio.wait_for(self._wake.wait(), pause)
            except TimeoutError:
                continue

    async def stop(self, bound: float) -> None:
        """Let what is running end within `bound` seconds, and give up the rest: it stays in the inbox."""
        if self._running:
            await asyncio.wait(self._running, timeout=bound)
        notices = [job.notice for job in (*self._line, *self._running.values()) if job.notice]
        rest = [*self._running, *notices]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _start_what_may(self) -> float | None:
        """Start jobs; returns the seconds after which to look again, None where only an event can change anything."""
        now = time.monotonic()
        busy = Counter(job.person for job in self._running.values() if job.slow)
        chats = Counter(job.chat for job in self._running.values() if job.slow)
        quick = Counter(job.person for job in self._running.values() if not job.slow)
        limits, a_chat = self._limits, max(1, self._limits.slow // 2)  # a group that has to wait leaves room for others
        alone = any(job.suspect for job in self._running.values())
        pauses = []
        for job in list(self._line):
            until = max(job.not_before, job.arrived + ALBUM_GATHER_S if job.entries[0].album else 0.0)
            if until > now:
                pauses.append(until - now)
            elif not job.slow:
                if quick.total() < QUICK_AT_ONCE and quick[job.person] < limits.person:
                    quick[job.person] += 1
                    self._start(job)
            else:
                alone = alone or job.suspect  # it waits until the others are done, and no other begins before it
                room = busy.total() < (1 if alone else limits.slow)
                if room and busy[job.person] < limits.person and chats[job.chat] < a_chat:
                    busy[job.person] += 1
                    chats[job.chat] += 1
                    self._start(job)
        if busy.total() >= limits.slow:
            told = {job.chat for job in self._line if job.notice and not job.notice.done()}
            for place, job in enumerate((job for job in self._line if job.slow), start=1):
                if job.notice is None and not job.failures and job.chat not in told:
                    told.add(job.chat)
                    job.notice = asyncio.create_task(self._announce(job, place))
                    job.notice.add_done_callback(lambda _: self._wake.set())
        return min(pauses, default=None)

    def _start(self, job: Job) -> None:
        self._line.remove(job)
        task = asyncio.create_task(self._run(job))
        self._running[task] = job
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        job = self._running.pop(task)
        if not task.cancelled() and (error := task.exception()):  # the database, or a mistake of ours
            log.error("an update could not be finished", exc_info=error)
            self._again(job, min(RETRY_S * 2**job.failures, LONGEST_RETRY_S))
        self._wake.set()

    async def _run(self, job: Job) -> None:
        """Answer a job, and mark it as done unless it shall be tried again."""
        ids = [entry.update_id for entry in job.entries]
        if job.notice:
            if not job.announced:
                job.notice.cancel()
            await asyncio.gather(job.notice, return_exceptions=True)
        # What ended in an error is no attempt that may have ended the process.
        job.progress = await (self._inbox.progress if job.failures else self._inbox.begin)(job.update_id)
        job.updates = self._parsed(await self._inbox.bodies(ids))
        job.error = None
        album = job.entries[0].album
        if album and await self._inbox.answered(album):
            job.updates = []
        try:
            if job.updates and job.progress.attempts > MOST_ATTEMPTS:
                log.error("an update was begun too often and is given up", attempts=job.progress.attempts - 1)
                self._metrics.failed("poison")
                await self._sorry(job, "failed")
            elif job.updates and time.time() - job.entries[0].received > self._limits.age:
                await self._sorry(job, "away")
            elif job.updates:
                await self._handle(job)
        except TelegramError as error:  # of an apology: the handler's errors are put into the job
            job.error = error
        if isinstance(job.error, NetworkError) and not isinstance(job.error, BadRequest):
            self._again(job, min(RETRY_S * 2**job.failures, LONGEST_RETRY_S))
            return
        if isinstance(job.error, RetryAfter):
            self._again(job, max(RETRY_S, seconds_of(job.error)))
            return
        self._close(job)
        await self._inbox.finish(entry.update_id for entry in job.entries)

    async def _announce(self, job: Job, place: int) -> None:
        async with self._announcing:
            job.announced = True
            job.progress = await self._inbox.progress(job.update_id)
            job.updates = self._parsed(await self._inbox.bodies(entry.update_id for entry in job.entries))
            if job.updates:
                await self._notify(job, place)

    def _parsed(self, bodies: list[dict[str, Any]]) -> list[Update]:
        """The updates that can be read; the others are said once a kind and skipped."""
        updates = []
        for body in bodies:
            try:
                updates.append(self._parse(body))
            except Exception as error:  # noqa: BLE001 - whatever the library makes of a shape that it does not know
                what = f"{next((name for name in body if name != 'update_id'), 'nothing')}: {error}"
                self._unreadable[what] += 1
                self._metrics.failed("unreadable")
                if self._unreadable[what] == 1:
                    log.warning("an update cannot be read and is skipped", update_id=body.get("update_id"), why=what)
        return updates

    def _again(self, job: Job, pause: float) -> None:
        """Back into the line, where it was."""
        job.failures += 1
        job.not_before = time.monotonic() + pause
        self._line.insert(0, job)

    def _close(self, job: Job) -> None:
        """A photo of the album that comes from now on is a late one."""
        album = job.entries[0].album
        if album and self._albums.get(album) is job:
            del self._albums[album]
