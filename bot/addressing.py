"""What a message asks: which picture or words it means, and in a group whether it means the bot at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from telegram import Message, MessageEntity
from telegram.constants import ChatType

__all__ = ["Asked", "asked", "is_private", "picture_of"]

_LINKS = (MessageEntity.URL, MessageEntity.TEXT_LINK)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture at Telegram: by which name it is fetched, its lasting name, and its size in bytes."""

    file_id: str
    key: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message asks for.

    `addressed` tells that the bot is meant; in a group it is silent otherwise, but for photos where it is told to
    answer all. `unusable` is a sticker that moves and has no picture.
    """

    addressed: bool
    pictures: tuple[Picture, ...] = ()
    link: str | None = None
    words: str | None = None
    unusable: bool = False


def is_private(message: Message) -> bool:
    """Whether the message is in a chat of one person with the bot."""
    return message.chat.type == ChatType.PRIVATE


def asked(messages: Sequence[Message], bot_id: int, username: str) -> Asked:
    """What the messages of an album, or a single one, ask for."""
    message = messages[0]
    private = is_private(message)
    own = tuple(picture for each in messages if (picture := picture_of(each, any_document=private)))
    mentioned = any(_mentions(each, username) for each in messages)
    quoted = message.reply_to_message
    replied = quoted is not None and quoted.from_user is not None and quoted.from_user.id == bot_id
    addressed = private or mentioned or replied
    if own:
        return Asked(addressed, own)
    if message.sticker:
        return Asked(addressed, unusable=True)
    words, link = _words(message, username), _link(message)
    if link:
        return Asked(addressed, link=link)
    if mentioned and not words and quoted and (older := picture_of(quoted, any_document=True)):
        return Asked(addressed, (older,))
    return Asked(addressed, words=words or None)


def picture_of(message: Message, *, any_document: bool) -> Picture | None:
    """The picture in a message: the largest size of a photo, a document, a sticker or the still of one that moves.

    Args:
        message: of anybody.
        any_document: whatever a document calls itself; else those alone that call themselves images.
    """
    if message.photo:
        size = max(message.photo, key=lambda each: each.width * each.height)
        return Picture(size.file_id, size.file_unique_id, size.file_size)
    document = message.document
    if document and not message.animation and (any_document or (document.mime_type or "").startswith("image/")):
        return Picture(document.file_id, document.file_unique_id, document.file_size)
    sticker = message.sticker
    if sticker:
        still = sticker.thumbnail if sticker.is_animated or sticker.is_video else sticker
        return Picture(still.file_id, still.file_unique_id, still.file_size) if still else None
    return None


def _mentions(message: Message, username: str) -> bool:
    entities = _entities(message)
    named = f"@{username}".lower()
    for entity, text in entities.items():
        if entity.type == MessageEntity.MENTION and text.lower() == named:
            return True
        if (
            entity.type == MessageEntity.BOT_COMMAND
            and message.caption
            and text.lower()
            in (
                "/similar",
                f"/similar{named}",
            )
        ):
            return True
    return False


def _entities(message: Message) -> dict[MessageEntity, str]:
    """Those of the text or of the caption."""
    if message.text:
        return message.parse_entities()
    return message.parse_caption_entities() if message.caption else {}


def _link(message: Message) -> str | None:
    for entity, text in _entities(message).items() if message.text else ():
        if entity.type in _LINKS:
            url = entity.url or text
            return url if "://" in url else f"http://{url}"
    return None


def _words(message: Message, username: str) -> str:
    """The text without the mention."""
    text = message.text or ""
    at = text.lower().find(f"@{username}".lower())
    if at >= 0:
        text = text[:at] + text[at + len(username) + 1 :]
    return " ".join(text.split())
