"""The methods of the Bot API that the fake Telegram knows, by name."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.telegram_about import About
from tests.support.telegram_methods import Messages
from tests.support.telegram_state import State
from tests.support.telegram_wire import Done, Params, Uploads

__all__ = ["methods"]


def methods(state: State) -> dict[str, Callable[[Params, Uploads], Done]]:
    """Each is called under the state's lock; getUpdates waits, so the server has that one itself."""
    messages, about = Messages(state), About(state)
    return {
        "sendMessage": messages.send_message,
        "sendPhoto": messages.send_photo,
        "sendMediaGroup": messages.send_album,
        "sendDocument": messages.send_document,
        "sendChatAction": messages.send_chat_action,
        "editMessageText": messages.edit_text,
        "editMessageCaption": messages.edit_caption,
        "editMessageReplyMarkup": messages.edit_markup,
        "editMessageMedia": messages.edit_media,
        "deleteMessage": messages.delete_message,
        "getMe": about.me,
        "getChat": about.chat,
        "getChatMember": about.member,
        "getChatAdministrators": about.administrators,
        "leaveChat": about.leave,
        "answerCallbackQuery": about.answer_callback,
        "answerInlineQuery": about.answer_inline,
        "setMyCommands": about.set_commands,
        "getMyCommands": about.get_commands,
        "deleteMyCommands": about.delete_commands,
        "setMyDescription": about.set_description,
        "getMyDescription": about.get_description,
        "setMyShortDescription": about.set_description,
        "getMyShortDescription": about.get_short_description,
        "getFile": about.file,
        "setWebhook": about.set_webhook,
        "deleteWebhook": about.delete_webhook,
        "getWebhookInfo": about.webhook,
        "logOut": about.logged_out,
        "close": about.logged_out,
    }
