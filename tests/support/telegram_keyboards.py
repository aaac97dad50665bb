"""Inline keyboards and results of inline queries: what the Bot API takes, and what a person can press."""

from __future__ import annotations

from typing import Any

from tests.support.telegram_errors import bad_request
from tests.support.telegram_rules import check_caption, check_text

__all__ = ["Keyboard", "button", "check_results", "inline_keyboard", "labels"]

Keyboard = list[list[dict[str, Any]]]

BUTTONS = 100
DATA_BYTES = 64
RESULTS = 50
ACTIONS = (
    "url",
    "callback_game",
    "pay",
    "switch_inline_query",
    "switch_inline_query_chosen_chat",
    "switch_inline_query_current_chat",
    "login_url",
    "web_app",
    "copy_text",
)


def inline_keyboard(markup: Any) -> Keyboard:
    """The rows of a `reply_markup`; none where it has no inline keyboard.

    Raises:
        ApiError: a button without a label or an action, data that is too long, too many buttons.
    """
    if markup is None or markup == "":
        return []
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    rows = markup.get("inline_keyboard") or []
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    for row in rows:
        for shown in row:
            _check_button(shown)
    if sum(map(len, rows)) > BUTTONS:
        raise bad_request("reply markup is too long")
    return [row for row in rows if row]


def _check_button(shown: Any) -> None:
    if not isinstance(shown, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not isinstance(shown.get("text"), str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not shown["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    data = shown.get("callback_data") or ""
    if not data and not any(action in shown for action in ACTIONS):
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(str(data).encode()) > DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")


def labels(keyboard: Keyboard) -> list[list[str]]:
    """What is written on the buttons, row by row."""
    return [[str(shown["text"]) for shown in row] for row in keyboard]


def button(keyboard: Keyboard, label_or_data: str) -> dict[str, Any]:
    """The button of that label, else that data; AssertionError where a person could press none such."""
    shown = [one for row in keyboard for one in row]
    for field in ("text", "callback_data"):
        for one in shown:
            if one.get(field) == label_or_data and "callback_data" in one:
                return one
    raise AssertionError(f"no button {label_or_data!r} to press among {shown}")


def check_results(results: Any) -> None:
    """answerInlineQuery: at most 50 results with ids of their own, and what each kind needs."""
    if not isinstance(results, list):
        raise bad_request("expected an Array of inline query results")
    if len(results) > RESULTS:
        raise bad_request("too many inline query results specified")
    for result in results:
        _check_result(result)
    ids = [str(result["id"]) for result in results]
    if any(not 1 <= len(name.encode()) <= DATA_BYTES for name in ids):
        raise bad_request("RESULT_ID_INVALID")
    if len(set(ids)) < len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")


def _check_result(result: Any) -> None:
    if not isinstance(result, dict):
        raise bad_request("can't parse inline query result: Inline query result must be an object")
    article = result.get("type") == "article"
    for field in ("type", "id", *(("title",) if article else ())):
        if field not in result:
            raise bad_request(f"can't parse inline query result: Can't find field \"{field}\"")
    content = result.get("input_message_content")
    if content is not None:
        check_text(str(content.get("message_text") or ""), content.get("parse_mode"))
    elif article:
        raise bad_request("can't parse inline query result: Can't find field \"message_text\"")
    if article and not str(result["title"]).strip():
        raise bad_request("ARTICLE_TITLE_EMPTY")
    check_caption(str(result.get("caption") or ""), result.get("parse_mode"))
    inline_keyboard(result.get("reply_markup"))
