"""Bot API methods about the bot itself, chats and their members, queries, files and the webhook."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from tests.support.telegram_chats import Group
from tests.support.telegram_errors import ApiError, bad_request
from tests.support.telegram_html import units
from tests.support.telegram_keyboards import check_results
from tests.support.telegram_state import State
from tests.support.telegram_updates import Webhook
from tests.support.telegram_wire import Done, Params, Uploads

__all__ = ["About"]

MAX_DOWNLOAD = 20 * 2**20
MAX_COMMANDS = 100
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
SECRET = re.compile(r"[A-Za-z0-9_-]*")
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
DESCRIPTIONS = {"description": 512, "short_description": 120}


class About:
    """Called under the state's lock."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._chats = state.chats
        self._commands: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._descriptions: dict[tuple[str, str], str] = {}

    # -- the bot ------------------------------------------------------------------------------------------------

    def me(self, _params: Params, _: Uploads) -> Done:
        """The bot sees every message of a group: whether it should react is then its own decision."""
        can = {"can_join_groups": True, "can_read_all_group_messages": True, "supports_inline_queries": True}
        return Done(self._chats.bot | can | {"can_connect_to_business": False, "has_main_web_app": False})

    def set_commands(self, params: Params, _: Uploads) -> Done:
        commands = params.get("commands")
        if not isinstance(commands, list):
            raise bad_request("expected an Array of BotCommand")
        if len(commands) > MAX_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not COMMAND.fullmatch(str(command.get("command", "")).removeprefix("/")):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= units(str(command.get("description", "")).strip()) <= 256:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        self._commands[_audience(params)] = commands
        return Done(True)

    def get_commands(self, params: Params, _: Uploads) -> Done:
        return Done(self._commands.get(_audience(params), []))

    def delete_commands(self, params: Params, _: Uploads) -> Done:
        self._commands.pop(_audience(params), None)
        return Done(True)

    def set_description(self, params: Params, _: Uploads) -> Done:
        """setMyDescription and setMyShortDescription."""
        for name, limit in DESCRIPTIONS.items():
            if name in params:
                if units(str(params[name])) > limit:
                    raise bad_request(f"{name.upper()}_TOO_LONG")
                self._descriptions[name, str(params.get("language_code") or "")] = str(params[name])
        return Done(True)

    def get_description(self, params: Params, _: Uploads) -> Done:
        return Done({"description": self._description("description", params)})

    def get_short_description(self, params: Params, _: Uploads) -> Done:
        return Done({"short_description": self._description("short_description", params)})

    def _description(self, name: str, params: Params) -> str:
        """In that language, else in none, as Telegram falls back."""
        language = str(params.get("language_code") or "")
        return self._descriptions.get((name, language)) or self._descriptions.get((name, ""), "")

    # -- chats --------------------------------------------------------------------------------------------------

    def chat(self, params: Params, _: Uploads) -> Done:
        chat = self._chats.recipient(params)
        gifts = dict.fromkeys(
            ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
        )
        full = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}
        return Done(self._chats.place(chat) | full)

    def member(self, params: Params, _: Uploads) -> Done:
        chat = self._chats.recipient(params)
        try:
            user = int(params.get("user_id") or 0)
        except ValueError:
            user = 0
        if user <= 0:
            raise bad_request("invalid user_id specified")
        if user != self._chats.bot["id"] and user not in self._chats.people:
            raise bad_request("PARTICIPANT_ID_INVALID")
        return Done(self._member(chat, user))

    def administrators(self, params: Params, _: Uploads) -> Done:
        chat = self._chats.recipient(params)
        if chat not in self._chats.groups:
            raise bad_request("there are no administrators in the private chat")
        return Done([self._member(chat, user) for user in sorted(self._chats.groups[chat].admins)])

    def leave(self, params: Params, _: Uploads) -> Done:
        chat = self._chats.recipient(params)
        if chat not in self._chats.groups:
            raise bad_request("chat member status can't be changed in private chats")
        self._chats.left.add(chat)
        return Done(True)

    def _member(self, chat: int, user: int) -> dict[str, Any]:
        person = self._chats.people.get(user)
        described = person.described() if person else {"id": user, "is_bot": False, "first_name": "Somebody"}
        if user == self._chats.bot["id"]:
            described = self._chats.bot
        status = self._status(self._chats.groups.get(chat), chat, user)
        return {"user": described, "status": status} | (_rights() if status == "administrator" else {})

    def _status(self, group: Group | None, chat: int, user: int) -> str:
        if group is None:
            return "member"
        if user in group.admins:
            return "administrator"
        here = user == self._chats.bot["id"] or self._chats.wrote_in(user, chat)
        return "member" if here else "left"

    # -- queries ------------------------------------------------------------------------------------------------

    def answer_callback(self, params: Params, _: Uploads) -> Done:
        """Answering twice is allowed."""
        if str(params.get("callback_query_id")) not in self._state.callbacks:
            raise bad_request(TOO_OLD)
        if units(str(params.get("text") or "")) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        return Done(True)

    def answer_inline(self, params: Params, _: Uploads) -> Done:
        check_results(params.get("results") or [])
        if len(str(params.get("next_offset") or "").encode()) > 64:
            raise bad_request("NEXT_OFFSET_INVALID")
        if str(params.get("inline_query_id")) not in self._state.inline:
            raise bad_request(TOO_OLD)
        return Done(True)

    # -- files --------------------------------------------------------------------------------------------------

    def file(self, params: Params, _: Uploads) -> Done:
        file = self._state.files.get(str(params.get("file_id")))
        if file is None:
            raise bad_request("invalid file_id")
        if file.size > MAX_DOWNLOAD:
            raise bad_request("file is too big")
        described = {name: value for name, value in file.described().items() if name.startswith("file_")}
        if file.trouble and file.trouble.happens("no_path"):
            return Done(described)
        return Done(described | {"file_path": f"files/{file.file_id}"})

    # -- the webhook --------------------------------------------------------------------------------------------

    def set_webhook(self, params: Params, _: Uploads) -> Done:
        url, secret = str(params.get("url") or ""), str(params.get("secret_token") or "")
        if not url:
            return self.delete_webhook(params, _)
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise bad_request("invalid webhook URL specified")
        if len(secret) > 256:
            raise bad_request("secret token is too long")
        if not SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        self._state.updates.allow(params.get("allowed_updates"))
        known = self._state.updates.webhook
        if known and (known.url, known.secret) == (url, secret):
            return Done(True, description="Webhook is already set")
        self._drop_if_asked(params)
        self._state.updates.webhook = Webhook(url, secret)
        return Done(True, description="Webhook was set")

    def delete_webhook(self, params: Params, _: Uploads) -> Done:
        self._drop_if_asked(params)
        known, self._state.updates.webhook = self._state.updates.webhook, None
        return Done(True, description="Webhook was deleted" if known else "Webhook is already deleted")

    def webhook(self, _params: Params, _: Uploads) -> Done:
        updates = self._state.updates
        info: dict[str, Any] = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
        info["pending_update_count"] = len(updates.pending())
        if updates.webhook:
            info |= {"url": updates.webhook.url, "max_connections": 40}
            if updates.webhook.error:
                info["last_error_date"] = updates.webhook.error_at
                info["last_error_message"] = updates.webhook.error
        return Done(info | ({"allowed_updates": updates.allowed} if updates.allowed else {}))

    def _drop_if_asked(self, params: Params) -> None:
        if str(params.get("drop_pending_updates")).lower() in ("true", "1"):
            self._state.updates.drop()

    def logged_out(self, _params: Params, _: Uploads) -> Done:
        return Done(True)


def _audience(params: Params) -> tuple[str, str]:
    """Whom commands are for: a scope and a language, each set apart from the others."""
    scope = params.get("scope") or {"type": "default"}
    if not isinstance(scope, dict) or "type" not in scope:
        raise ApiError(400, "Bad Request: can't parse BotCommandScope JSON object")
    return json.dumps(scope, sort_keys=True), str(params.get("language_code") or "")


def _rights() -> dict[str, bool]:
    """What the Bot API tells of every administrator."""
    granted = ("can_manage_chat", "can_delete_messages", "can_restrict_members", "can_invite_users", "can_change_info")
    refused = ("can_be_edited", "is_anonymous", "can_manage_video_chats", "can_promote_members")
    stories = ("can_post_stories", "can_edit_stories", "can_delete_stories")
    return dict.fromkeys(granted, True) | dict.fromkeys((*refused, *stories), False)
