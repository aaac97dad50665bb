"""Bot API methods that send, edit and delete messages."""

from __future__ import annotations

import time
from typing import Any

from tests.support.telegram_chats import Message
from tests.support.telegram_errors import ApiError, bad_request
from tests.support.telegram_files import StoredFile
from tests.support.telegram_html import parse
from tests.support.telegram_keyboards import inline_keyboard
from tests.support.telegram_rules import check_album, check_caption, check_picture, check_text
from tests.support.telegram_state import State
from tests.support.telegram_wire import Done, Params, Picture, Uploads

__all__ = ["Messages"]

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
ACTIONS = frozenset(
    {
        *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document"),
        *("choose_sticker", "find_location", "record_video_note", "upload_video_note"),
    }
)
TEXT_FIELDS = ("text", "entities")
CAPTION_FIELDS = ("caption", "caption_entities", "show_caption_above_media")
MEDIA_FIELDS = ("photo", "document", *TEXT_FIELDS, *CAPTION_FIELDS)


class Messages:
    """Called under the state's lock."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._chats = state.chats
        self._albums = 0

    # -- sending ------------------------------------------------------------------------------------------------

    def send_message(self, params: Params, _: Uploads) -> Done:
        return self._sent([self._send(params, _text(params), html=str(params.get("text") or ""))])

    def send_photo(self, params: Params, uploads: Uploads) -> Done:
        item = params | {"media": params.get("photo", "attach://photo")}
        content, picture = self._photo(item, uploads)
        return self._sent([self._send(params, content, picture.caption, picture)])

    def send_album(self, params: Params, uploads: Uploads) -> Done:
        items = params.get("media") or []
        check_album(len(items))
        made = [self._photo(item, uploads) for item in items]
        self._albums += 1
        group = {"media_group_id": str(self._albums)}
        return self._sent([self._send(params, content | group, one.caption, one) for content, one in made], album=True)

    def send_document(self, params: Params, uploads: Uploads) -> Done:
        caption = _caption(params)
        file, upload = self._file(params.get("document", "attach://document"), uploads, "document")
        named = {"file_name": upload} if upload else {}
        message = self._send(params, {"document": file.described() | named} | caption, str(params.get("caption") or ""))
        message.document = file.data or b""
        return self._sent([message])

    def send_chat_action(self, params: Params, _: Uploads) -> Done:
        if params.get("action") not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        self._chats.recipient(params)
        return Done(True)

    # -- changing -----------------------------------------------------------------------------------------------

    def edit_text(self, params: Params, _: Uploads) -> Done:
        message, content = self._editable(params), _text(params)
        if "text" not in message.fields:
            raise bad_request("there is no text in the message to edit")
        return self._edit(message, params, content, TEXT_FIELDS, html=str(params["text"]))

    def edit_caption(self, params: Params, _: Uploads) -> Done:
        message, content = self._editable(params), _caption(params)
        if not {"photo", "document"} & message.fields.keys():
            raise bad_request("there is no caption in the message to edit")
        html = str(params.get("caption") or "")
        pictures = tuple(Picture(one.data, html, one.size) for one in message.pictures)
        return self._edit(message, params, content, CAPTION_FIELDS, html=html, pictures=pictures)

    def edit_markup(self, params: Params, _: Uploads) -> Done:
        message = self._editable(params)
        return self._edit(message, params, {}, (), html=message.html)

    def edit_media(self, params: Params, uploads: Uploads) -> Done:
        message, item = self._editable(params), params.get("media")
        if not isinstance(item, dict) or item.get("type") != "photo":
            raise bad_request("can't parse InputMedia: the fake Telegram knows photos only")
        content, picture = self._photo(item, uploads)
        return self._edit(message, params, content, MEDIA_FIELDS, html=picture.caption, pictures=(picture,))

    def delete_message(self, params: Params, _: Uploads) -> Done:
        """A bot deletes its own messages, and people's in private chats and in groups where it is an administrator."""
        chat = self._chats.recipient(params)
        message = self._chats.find(chat, _number(params))
        if message is None:
            raise bad_request("message to delete not found")
        group = self._chats.groups.get(chat)
        if group and not message.from_bot and self._chats.bot["id"] not in group.admins:
            raise bad_request("message can't be deleted")
        self._chats.delete(chat, message.id)
        return Done(True)

    # -- parts --------------------------------------------------------------------------------------------------

    def _send(self, params: Params, content: dict[str, Any], html: str, picture: Picture | None = None) -> Message:
        made = Message({}, html, (picture,) if picture else ())
        return self._chats.from_bot(params, content | _markup(params), made)

    def _sent(self, messages: list[Message], *, album: bool = False) -> Done:
        fields = [message.fields for message in messages]
        pictures = tuple(picture for message in messages for picture in message.pictures)
        return Done(fields if album else fields[0], pictures, tuple(message.id for message in messages))

    def _editable(self, params: Params) -> Message:
        chat = self._chats.recipient(params)
        message = self._chats.find(chat, _number(params))
        if message is None:
            raise bad_request("message to edit not found")
        if not message.from_bot:
            raise bad_request("message can't be edited")
        return message

    def _edit(
        self,
        message: Message,
        params: Params,
        content: dict[str, Any],
        replaced: tuple[str, ...],
        *,
        html: str,
        pictures: tuple[Picture, ...] | None = None,
    ) -> Done:
        """Put `content` in the place of the fields `replaced`; a keyboard that is not sent again goes."""
        gone = {*replaced, "reply_markup", "edit_date"}
        before = {name: value for name, value in message.fields.items() if name != "edit_date"}
        after = {name: value for name, value in message.fields.items() if name not in gone} | content | _markup(params)
        if after == before:
            raise bad_request(NOT_MODIFIED)
        message.fields = after | {"edit_date": int(time.time())}
        message.html, message.edits = html, message.edits + 1
        if pictures is not None:
            message.pictures = pictures
        return Done(message.fields, message.pictures)

    def _photo(self, item: Params, uploads: Uploads) -> tuple[dict[str, Any], Picture]:
        """A photo of the request, uploaded or known by its file id, with its caption."""
        caption = _caption(item)
        file, _ = self._file(item.get("media"), uploads, "photo")
        if file.pixels is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        picture = self._state.picture(file.data or b"", str(item.get("caption") or ""), size=file.size)
        return {"photo": [file.described()]} | caption, picture

    def _file(self, source: Any, uploads: Uploads, kind: str) -> tuple[StoredFile, str | None]:
        name = str(source or "")
        upload = uploads.get(name.removeprefix("attach://"))
        if upload is not None and upload.data:
            pixels = check_picture(upload.data) if kind == "photo" else None
            return self._state.files.uploaded(upload.data, pixels=pixels), upload.name
        if not name or name.startswith("attach://"):
            raise bad_request(f"there is no {kind} in the request")
        known = self._state.files.get(name)
        if known is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return known, None


def _text(params: Params) -> dict[str, Any]:
    text, mode = str(params.get("text") or ""), params.get("parse_mode")
    check_text(text, mode)
    visible, entities = parse(text, mode)
    entities = params.get("entities") or entities
    return {"text": visible} | ({"entities": entities} if entities else {})


def _caption(params: Params) -> dict[str, Any]:
    caption, mode = str(params.get("caption") or ""), params.get("parse_mode")
    check_caption(caption, mode)
    visible, entities = parse(caption, mode)
    entities = params.get("caption_entities") or entities
    return ({"caption": visible} if visible else {}) | ({"caption_entities": entities} if entities else {})


def _markup(params: Params) -> dict[str, Any]:
    """Only inline keyboards belong to the message; the other kinds of mark-up change the person's screen."""
    keyboard = inline_keyboard(params.get("reply_markup"))
    return {"reply_markup": {"inline_keyboard": keyboard}} if keyboard else {}


def _number(params: Params) -> int:
    try:
        return int(params["message_id"])
    except (KeyError, ValueError):
        raise ApiError(400, "Bad Request: message identifier is not specified") from None
