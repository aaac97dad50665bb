"""What the bot did: its requests, and the chats as they look now."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import TypeVar

from tests.support.telegram_chats import Entry, Group, Message, Person
from tests.support.telegram_state import State
from tests.support.telegram_wire import Call

__all__ = ["Watch"]

ANSWERS = frozenset({"sendMessage", "sendPhoto", "sendMediaGroup", "sendDocument"})
LOOK_S = 0.05
"""How often to look where nothing changes here, as when a test waits for a file of the bot."""

T = TypeVar("T")


class Watch:
    """Methods are called from the test's thread."""

    def __init__(self, state: State) -> None:
        self._state = state

    # -- requests -----------------------------------------------------------------------------------------------

    def calls(
        self, method: str | None = None, person: Person | None = None, *, chat: Group | None = None
    ) -> list[Call]:
        """Requests so far in order, refused ones too; `person` means the private chat."""
        place = chat.id if chat else person.id if person else None
        with self._state.changed:
            return [
                call
                for call in self._state.calls
                if (method is None or call.method == method) and (place is None or call.chat == place)
            ]

    def answers(self, person: Person, chat: Group | None = None) -> list[Call]:
        """Messages that the person's private chat, or the group, has received from the bot."""
        return [call for call in self.calls(None, person, chat=chat) if call.method in ANSWERS and call.error is None]

    # -- chats --------------------------------------------------------------------------------------------------

    def message(self, chat_id: int, message_id: int) -> Message:
        """A message as it is now; LookupError where the chat has none such."""
        with self._state.changed:
            return copy.copy(self._state.chats.get(chat_id, message_id))

    def messages(self, chat_id: int) -> list[Message]:
        """All messages of a chat that have not been deleted, people's and the bot's, in order."""
        with self._state.changed:
            return self._state.chats.all(chat_id)

    def keyboard(self, chat_id: int, message_id: int) -> list[list[str]]:
        """Labels of the buttons under a message, row by row."""
        return self.message(chat_id, message_id).keyboard

    def transcript(self, chat_id: int) -> list[Entry]:
        """The conversation in turns, to draw it."""
        with self._state.changed:
            return self._state.chats.transcript(chat_id)

    # -- waiting ------------------------------------------------------------------------------------------------

    def wait_for(self, predicate: Callable[[], T], timeout: float = 20.0, what: str = "what was waited for") -> T:
        """The predicate's value once that is true; AssertionError where it is not within `timeout` seconds."""
        until = time.monotonic() + timeout
        while not (value := predicate()):  # not under the lock: it may ask the bot, which then asks the server
            left = until - time.monotonic()
            with self._state.changed:
                if left <= 0:
                    seen = [(call.method, call.text[:80], call.error) for call in self._state.calls[-20:]]
                    raise AssertionError(f"no {what} within {timeout} s; last calls: {seen}")
                self._state.changed.wait(min(left, LOOK_S))
        return value

    def wait_for_answers(
        self, person: Person, count: int = 1, *, chat: Group | None = None, timeout: float = 20.0
    ) -> list[Call]:
        """The first `count` messages to the person, or to the group."""
        what = f"{count} messages to {chat or person}"
        return self.wait_for(lambda: _enough(self.answers(person, chat), count), timeout, what)

    def wait_for_calls(self, method: str, count: int = 1, *, timeout: float = 20.0) -> list[Call]:
        """The first `count` requests of a method, refused ones too."""
        return self.wait_for(lambda: _enough(self.calls(method), count), timeout, f"{count} calls of {method}")

    def wait_for_text(self, person: Person, words: str, chat: Group | None = None, *, timeout: float = 20.0) -> Message:
        """The newest message of the bot that holds the words as people see them or with mark-up, maybe by an edit."""
        place = chat.id if chat else person.id

        def found() -> Message | None:
            mine = [message for message in reversed(self.messages(place)) if message.from_bot]
            return next((message for message in mine if words in message.text or words in message.html), None)

        message = self.wait_for(found, timeout, f"message with {words!r} in chat {place}")
        assert message is not None  # wait_for gives only what is true
        return message


def _enough(calls: list[Call], count: int) -> list[Call]:
    return calls[:count] if len(calls) >= count else []
