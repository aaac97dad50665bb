"""A Bot API server on loopback: behaves like Telegram towards one bot, and lets a test be the people who write to it.

::

    with FakeTelegram() as telegram:
        ann = Person(1, "en")
        ...                                            # start a bot with telegram.url and telegram.token
        message = telegram.send_photo(ann, jpeg)
        brand, album = telegram.wait_for_answers(ann, 2)
        assert "Nike" in brand.text and len(album.pictures) == 5
        telegram.press(ann, brand.message_ids[0], "More")
        telegram.wait_for_text(ann, "Adidas")
"""

from __future__ import annotations

import time
from types import TracebackType

from tests.support.telegram_chats import BOT_ID, Entry, Group, Message, Person
from tests.support.telegram_failures import Rule, error_of
from tests.support.telegram_people import People
from tests.support.telegram_server import Server
from tests.support.telegram_state import State
from tests.support.telegram_watch import Watch
from tests.support.telegram_wire import Call, Picture

__all__ = ["BOT_ID", "TOKEN", "Call", "Entry", "FakeTelegram", "Group", "Message", "Person", "Picture"]

TOKEN = f"{BOT_ID}:AAE-loopback_only-0123456789abcdefgh"


class FakeTelegram(People, Watch):
    """The server; the `with` block is its life. Methods are called from the test's thread.

    Without `keep_files` it remembers sizes of pictures, not their bytes, and a file of a person only until the bot has
    fetched it: for runs of thousands of photos.
    """

    def __init__(self, token: str = TOKEN, *, keep_files: bool = True) -> None:
        self.token = token
        self.url = ""
        state = State(keep_files=keep_files)
        People.__init__(self, state)
        Watch.__init__(self, state)
        self._server = Server(state, token)

    def __enter__(self) -> FakeTelegram:
        self.url = self._server.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()

    # -- what goes wrong ----------------------------------------------------------------------------------------

    def stop(self) -> None:
        """The network goes down: connections break, and new ones are refused until `start`."""
        self._server.hang_up()

    def start(self) -> None:
        """The network is back, on the same port."""
        self._server.listen()

    def fail(
        self,
        method: str,
        code: int,
        *,
        times: int = 1,
        retry_after: int | None = None,
        chat: int | None = None,
        description: str | None = None,
        body: bytes | None = None,
        migrate_to: int | None = None,
    ) -> None:
        """The next `times` calls of `method` (`download` for files), to any chat or one, are answered with an error.

        `body` is sent instead of Telegram's JSON; `migrate_to` names the supergroup that a group has become.
        """
        error = error_of(code, retry_after=retry_after, description=description, body=body, migrate_to=migrate_to)
        self._rule(Rule("fail", method, times, chat, error))

    def fail_once(self, method: str, code: int, *, retry_after: int | None = None) -> None:
        """The next call of `method` is answered with an error; 429 names the seconds to wait."""
        self.fail(method, code, retry_after=retry_after)

    def lose_reply(self, method: str, times: int = 1, seconds: float = 0.0, *, chat: int | None = None) -> None:
        """The next calls are carried out, but after `seconds` of silence the connection closes without an answer."""
        self._rule(Rule("lose", method, times, chat, seconds=seconds))

    def drop(self, method: str, times: int = 1, *, chat: int | None = None) -> None:
        """The connection of the next calls closes before anything is done."""
        self._rule(Rule("drop", method, times, chat))

    def forbid_photos(self, chat: int) -> None:
        """From now on the chat lets nobody send photos."""
        with self._state.changing():
            self._state.failures.no_photos.add(chat)

    def limit(self, chat: int, seconds: float) -> None:
        """For so long everything that the bot sends to the chat or edits there is answered 429."""
        with self._state.changing():
            self._state.failures.limits[chat] = time.monotonic() + seconds

    def _rule(self, rule: Rule) -> None:
        with self._state.changing():
            self._state.failures.rules.append(rule)
