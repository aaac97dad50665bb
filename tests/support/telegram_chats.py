"""The fake Telegram's memory: people and groups, and every message of their chats."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.support.telegram_errors import ApiError, bad_request
from tests.support.telegram_keyboards import Keyboard, labels
from tests.support.telegram_wire import Params, Picture

__all__ = ["BOT_ID", "Chats", "Entry", "Group", "Message", "Person"]

BOT_ID = 4242424242
BOT_NAME = "sneakers_test_bot"


@dataclass(frozen=True)
class Person:
    """Somebody with a private chat; the chat's id is the person's."""

    id: int
    language: str | None = "en"
    name: str = "Ann"

    def described(self) -> dict[str, Any]:
        """The Bot API's User."""
        user: dict[str, Any] = {"id": self.id, "is_bot": False, "first_name": self.name}
        return user | ({"language_code": self.language} if self.language else {})


@dataclass(frozen=True)
class Group:
    """A chat of several people; the bot is in it from the first message on that a test sends there."""

    id: int
    title: str = "Sneakerheads"
    admins: frozenset[int] = frozenset()
    supergroup: bool = True

    @property
    def kind(self) -> str:
        return "supergroup" if self.supergroup else "group"


@dataclass
class Message:
    """A message as it is now: `fields` are the Bot API's Message, `html` is what the bot sent, mark-up included."""

    fields: dict[str, Any]
    html: str = ""
    pictures: tuple[Picture, ...] = ()
    document: bytes = b""
    edits: int = 0

    @property
    def id(self) -> int:
        return int(self.fields["message_id"])

    @property
    def chat(self) -> int:
        return int(self.fields["chat"]["id"])

    @property
    def from_bot(self) -> bool:
        return bool(self.fields["from"]["is_bot"])

    @property
    def text(self) -> str:
        """What people see: the text or the caption, without mark-up."""
        return str(self.fields.get("text") or self.fields.get("caption") or "")

    @property
    def buttons(self) -> Keyboard:
        """The inline keyboard, as the bot sent it."""
        rows: Keyboard = self.fields.get("reply_markup", {}).get("inline_keyboard", [])
        return rows

    @property
    def keyboard(self) -> list[list[str]]:
        """Labels of the buttons, row by row."""
        return labels(self.buttons)

    @property
    def reply_to(self) -> int | None:
        """The message that this one quotes."""
        quoted = self.fields.get("reply_to_message")
        return int(quoted["message_id"]) if quoted else None


@dataclass
class Entry:
    """One turn of a conversation, to draw it later; an album is one turn."""

    side: str
    name: str
    text: str
    pictures: tuple[Picture, ...]
    keyboard: list[list[str]]


@dataclass
class Chats:
    """Not thread-safe: the server calls it under its lock."""

    bot: dict[str, Any] = field(
        default_factory=lambda: {"id": BOT_ID, "is_bot": True, "first_name": "Sneakers", "username": BOT_NAME}
    )
    people: dict[int, Person] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    left: set[int] = field(default_factory=set)
    _messages: dict[int, dict[int, Message]] = field(default_factory=dict)
    _ids: count[int] = field(default_factory=lambda: count(1))

    # -- who is there -------------------------------------------------------------------------------------------

    def meet(self, person: Person, chat: Group | None) -> int:
        """Remember who writes and where; returns the chat's id."""
        self.people[person.id] = person
        if chat is None:
            self._messages.setdefault(person.id, {})
            return person.id
        self.groups[chat.id] = chat
        self._messages.setdefault(chat.id, {})
        return chat.id

    def known(self, chat: int) -> bool:
        return chat in self._messages

    def place(self, chat: int) -> dict[str, Any]:
        """The Bot API's Chat."""
        if chat in self.groups:
            group = self.groups[chat]
            return {"id": chat, "type": group.kind, "title": group.title}
        name = self.people[chat].name if chat in self.people else "Somebody"
        return {"id": chat, "type": "private", "first_name": name}

    def wrote_in(self, person: int, chat: int) -> bool:
        return any(message.fields["from"]["id"] == person for message in self._messages[chat].values())

    def recipient(self, params: Params) -> int:
        """The chat of a request; a bot cannot write first, nor to people who blocked it or groups that it left."""
        try:
            chat = int(params.get("chat_id") or 0)
        except ValueError:
            raise bad_request("chat not found") from None
        if not chat:
            raise bad_request("chat_id is empty")
        if chat not in self._messages:
            raise bad_request("chat not found")
        if chat in self.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if chat in self.left:
            raise ApiError(403, f"Forbidden: bot is not a member of the {self.groups[chat].kind} chat")
        return chat

    # -- messages -----------------------------------------------------------------------------------------------

    def from_person(
        self,
        person: Person,
        content: dict[str, Any],
        *,
        chat: Group | None = None,
        reply_to: int | None = None,
        pictures: tuple[Picture, ...] = (),
    ) -> Message:
        """A message of a person; a quoted one comes along whole, as Telegram sends it."""
        place = self.meet(person, chat)
        quoted = {"reply_to_message": self.quoted(place, reply_to)} if reply_to is not None else {}
        return self._add(place, person.described(), quoted | content, Message({}, pictures=pictures))

    def from_bot(self, params: Params, content: dict[str, Any], made: Message) -> Message:
        """A message of the bot, refused as Telegram would; `made` holds what is beside the fields."""
        chat = self.recipient(params)
        wanted = params.get("reply_parameters") or {}
        number = int(wanted.get("message_id") or 0)
        known = number in self._messages[chat]
        if wanted and not known and not wanted.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
        quoted = {"reply_to_message": self.quoted(chat, number)} if known else {}
        return self._add(chat, self.bot, quoted | content, made)

    def quoted(self, chat: int, number: int) -> dict[str, Any]:
        """A message as another one holds it: without the one that it quotes itself."""
        fields = self.get(chat, number).fields
        return {name: value for name, value in fields.items() if name != "reply_to_message"}

    def find(self, chat: int, number: int) -> Message | None:
        return self._messages.get(chat, {}).get(number)

    def get(self, chat: int, number: int) -> Message:
        found = self.find(chat, number)
        if found is None:
            raise LookupError(f"no message {number} in chat {chat}; it may have been deleted")
        return found

    def all(self, chat: int) -> list[Message]:
        """Copies, as later edits change the originals."""
        return [copy.copy(message) for message in self._messages.get(chat, {}).values()]

    def delete(self, chat: int, number: int) -> None:
        self.get(chat, number)
        del self._messages[chat][number]

    def transcript(self, chat: int) -> list[Entry]:
        """The conversation in turns."""
        turns: list[Entry] = []
        album = None
        for message in self._messages.get(chat, {}).values():
            group = message.fields.get("media_group_id")
            if group is not None and group == album:
                turns[-1].pictures += message.pictures
                turns[-1].text = turns[-1].text or message.text
            else:
                side = "bot" if message.from_bot else "person"
                name = str(message.fields["from"]["first_name"])
                turns.append(Entry(side, name, message.text, message.pictures, message.keyboard))
            album = group
        return turns

    def _add(self, chat: int, sender: dict[str, Any], content: dict[str, Any], message: Message) -> Message:
        number = next(self._ids)
        start = {"message_id": number, "from": sender, "chat": self.place(chat), "date": int(time.time())}
        message.fields = start | content
        self._messages[chat][number] = message
        return message
