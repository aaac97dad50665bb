"""The people of the fake Telegram: what they write, send, press and delete."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from tests.support.telegram_chats import Group, Message, Person
from tests.support.telegram_files import Broken, Trouble, default_sticker
from tests.support.telegram_html import written
from tests.support.telegram_keyboards import DATA_BYTES, button
from tests.support.telegram_state import State
from tests.support.telegram_wire import Picture

__all__ = ["People"]


class People:
    """Methods are called from the test's thread; `chat` is the group where it happens, else the private chat."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._queries = count(4_000_000_001)

    # -- messages -----------------------------------------------------------------------------------------------

    def send_text(self, person: Person, text: str, *, chat: Group | None = None, reply_to: int | None = None) -> int:
        """A text message, commands included; returns the message's id."""
        return self.send(person, _worded("text", "entities", text), chat=chat, reply_to=reply_to)

    def send_photo(
        self,
        person: Person,
        data: bytes,
        *,
        caption: str = "",
        chat: Group | None = None,
        reply_to: int | None = None,
        album: str | None = None,
        delay: float = 0.0,
        broken: Broken | None = None,
        broken_times: int = 1,
    ) -> int:
        """A photo, offered to the bot in the usual sizes; `delay` is how long its download takes in seconds.

        `broken` is what goes wrong the first `broken_times` times: the download answers 404 or 403, or getFile tells
        no path.
        """
        state = self._state
        with state.changing():
            trouble = Trouble(broken, broken_times) if broken else None
            sizes = [file.described() for file in state.files.photo(data, delay=delay, trouble=trouble)]
            content = {"photo": sizes} | ({"media_group_id": album} if album else {})
            content |= _worded("caption", "caption_entities", caption)
            return self._sent(person, content, chat, reply_to, (state.picture(data, caption),))

    def send_document(
        self,
        person: Person,
        data: bytes,
        *,
        name: str = "file",
        mime: str | None = None,
        announced: int | None = None,
        caption: str = "",
        chat: Group | None = None,
        reply_to: int | None = None,
    ) -> int:
        """A file under any name and type; `announced` overrides the size that the bot is told."""
        with self._state.changing():
            file = self._state.files.store(data, size=announced)
            document = {**file.described(), "file_name": name} | ({"mime_type": mime} if mime else {})
            content = {"document": document} | _worded("caption", "caption_entities", caption)
            return self._sent(person, content, chat, reply_to)

    def send_sticker(
        self,
        person: Person,
        data: bytes | None = None,
        *,
        animated: bool = False,
        video: bool = False,
        thumbnail: bytes | None = None,
        chat: Group | None = None,
        reply_to: int | None = None,
    ) -> int:
        """A sticker: a WebP of one colour unless it is given; `thumbnail` is a still picture of one that moves."""
        with self._state.changing():
            file = self._state.files.store(default_sticker() if data is None else data)
            small = self._state.files.photo(thumbnail)[-1].described() if thumbnail is not None else None
            shape = {"type": "regular", "width": 512, "height": 512, "is_animated": animated, "is_video": video}
            sticker = file.described() | shape | ({"thumbnail": small} if small else {})
            return self._sent(person, {"sticker": sticker}, chat, reply_to)

    def send(
        self, person: Person, content: dict[str, Any], *, chat: Group | None = None, reply_to: int | None = None
    ) -> int:
        """Any other message: fields of the Bot API's Message beside id, chat, sender and date."""
        with self._state.changing():
            return self._sent(person, content, chat, reply_to)

    def edit_text(self, person: Person, message_id: int, text: str, *, chat: Group | None = None) -> int:
        """The person changes a text of theirs; returns the update's id."""
        return self._edited(person, message_id, chat, ("text", "entities"), text)

    def edit_caption(self, person: Person, message_id: int, caption: str, *, chat: Group | None = None) -> int:
        """The person changes the words under a photo or file of theirs; returns the update's id."""
        return self._edited(person, message_id, chat, ("caption", "caption_entities"), caption)

    def delete_message(self, chat_id: int, message_id: int) -> None:
        """Somebody deletes a message; bots are not told."""
        with self._state.changing():
            self._state.chats.delete(chat_id, message_id)

    def block(self, person: Person) -> None:
        """From now on the person refuses the bot's messages."""
        with self._state.changing():
            self._state.chats.blocked.add(person.id)

    # -- queries ------------------------------------------------------------------------------------------------

    def press(self, person: Person, message_id: int, label_or_data: str, *, chat: Group | None = None) -> str:
        """Press a button of a message that the chat still has, by its label or its data; returns the query's id."""
        with self._state.changing():
            message = self._state.chats.get(chat.id if chat else person.id, message_id)
            return self._pressed(person, message_id, str(button(message.buttons, label_or_data)["callback_data"]), chat)

    def press_data(self, person: Person, message_id: int, data: str, *, chat: Group | None = None) -> str:
        """A callback query with any data, as other clients can send it, also for a message that is gone."""
        assert len(data.encode()) <= DATA_BYTES, "Telegram lets no client send more"
        with self._state.changing():
            return self._pressed(person, message_id, data, chat)

    def inline(self, person: Person, words: str, offset: str = "") -> str:
        """The person writes `@bot words` somewhere; returns the query's id."""
        query = str(next(self._queries))
        with self._state.changing():
            self._state.chats.people[person.id] = person
            self._state.inline.add(query)
            content = {"id": query, "from": person.described(), "query": words, "offset": offset, "chat_type": "sender"}
            self._state.updates.push("inline_query", content)
        return query

    def expire(self, query_id: str) -> None:
        """Time passes: it is too late to answer this query."""
        with self._state.changing():
            self._state.callbacks.discard(query_id)
            self._state.inline.discard(query_id)

    # -- updates as such ----------------------------------------------------------------------------------------

    def push_raw(self, update: dict[str, Any]) -> int:
        """Deliver any JSON as an update, under its own `update_id` or a fresh one, which is returned."""
        with self._state.changing():
            return self._state.updates.push_raw(update)

    @property
    def last_update(self) -> int:
        """The id of the newest update."""
        with self._state.changed:
            return self._state.updates.last

    def repeat(self, update_id: int) -> None:
        """Deliver an update once more, though the bot may have confirmed it."""
        with self._state.changing():
            self._state.updates.repeat(update_id)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What happens in this block reaches the bot at once, as the photos of an album do."""
        with self._state.changed:
            self._state.updates.held += 1
        try:
            yield
        finally:
            with self._state.changing():
                self._state.updates.held -= 1

    # -- parts --------------------------------------------------------------------------------------------------

    def _sent(
        self,
        person: Person,
        content: dict[str, Any],
        chat: Group | None,
        reply_to: int | None,
        pictures: tuple[Picture, ...] = (),
    ) -> int:
        message = self._state.chats.from_person(person, content, chat=chat, reply_to=reply_to, pictures=pictures)
        self._tell("message", message)
        return message.id

    def _edited(
        self, person: Person, message_id: int, chat: Group | None, replaced: tuple[str, str], words: str
    ) -> int:
        with self._state.changing():
            message = self._state.chats.get(chat.id if chat else person.id, message_id)
            assert message.fields["from"]["id"] == person.id, f"message {message_id} is not {person.name}'s"
            kept = {name: value for name, value in message.fields.items() if name not in replaced}
            message.fields = kept | _worded(*replaced, words) | {"edit_date": int(time.time())}
            message.pictures = tuple(Picture(one.data, words, one.size) for one in message.pictures)
            message.edits += 1
            return self._tell("edited_message", message)

    def _tell(self, kind: str, message: Message) -> int:
        """A bot does not hear of groups that it left."""
        return 0 if message.chat in self._state.chats.left else self._state.updates.push(kind, message.fields)

    def _pressed(self, person: Person, message_id: int, data: str, chat: Group | None) -> str:
        chats, query = self._state.chats, str(next(self._queries))
        place = chats.meet(person, chat)
        message = chats.find(place, message_id)
        shown = {"chat": chats.place(place), "message_id": message_id, "date": 0} if message is None else message.fields
        self._state.callbacks.add(query)
        content = {"id": query, "from": person.described(), "message": shown, "chat_instance": str(place), "data": data}
        self._state.updates.push("callback_query", content)
        return query


def _worded(name: str, entities: str, words: str) -> dict[str, Any]:
    """Words and what Telegram sees in them, under the names of texts or of captions."""
    found = written(words)
    return ({name: words} if words else {}) | ({entities: found} if found else {})
