"""All that the fake Telegram remembers, shared by its server and by the test that looks at it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.support.telegram_chats import Chats
from tests.support.telegram_failures import Failures
from tests.support.telegram_files import Files
from tests.support.telegram_updates import Updates
from tests.support.telegram_wire import Call, Picture

__all__ = ["State"]


class State:
    """Everything is read and written under `changed`, the server's thread and the test's alike."""

    def __init__(self, *, keep_files: bool) -> None:
        self.changed = threading.Condition()
        self.chats = Chats()
        self.files = Files(keep=keep_files)
        self.updates = Updates()
        self.failures = Failures()
        self.calls: list[Call] = []
        self.callbacks: set[str] = set()
        self.inline: set[str] = set()
        self.wake: Callable[[], None] = lambda: None
        """Set by the server: polls that wait look again."""

    @contextmanager
    def changing(self) -> Iterator[None]:
        """For a change: whoever waits for one looks again afterwards."""
        with self.changed:
            yield
            self.changed.notify_all()
            self.wake()

    def picture(self, data: bytes, caption: str, *, size: int | None = None) -> Picture:
        """A picture to look at later; only its size where files are not kept."""
        return Picture(data if self.files.keep else b"", caption, len(data) if size is None else size)
