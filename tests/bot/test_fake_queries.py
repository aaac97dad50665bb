"""The fake Telegram's buttons and inline queries, as the Bot API documents them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bot.api import buttons, made, ok, refused, say, updates
from tests.support.telegram import FakeTelegram, Person

ANN, BOB = Person(1), Person(2, "ru", "Bob")


# -- buttons ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({"text": "a", "callback_data": "x" * 65}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "callback_data": "ы" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "callback_data": ""}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": "a"}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": "", "callback_data": "a"}, "inline keyboard button text must be non-empty"),
        ({"callback_data": "a"}, 'Can\'t find field "text"'),
    ],
)
def test_buttons_that_are_refused(client: httpx.Client, button: dict[str, str], words: str) -> None:
    markup = {"inline_keyboard": [[button]]}
    code, description = refused(client.post("sendMessage", data=made(chat_id=1, text="hi", reply_markup=markup)))
    assert code == 400
    assert words in description


def test_how_many_buttons(client: httpx.Client) -> None:
    row = [{"text": "a", "url": "https://x.example"}] * 5
    assert say(client, reply_markup={"inline_keyboard": [row] * 20})["reply_markup"]["inline_keyboard"] == [row] * 20
    sent = client.post("sendMessage", data=made(chat_id=1, text="hi", reply_markup={"inline_keyboard": [row] * 21}))
    assert refused(sent) == (400, "Bad Request: reply markup is too long")


def test_a_button_is_pressed_and_answered(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    number = say(client, reply_markup=buttons("More", "Less"))["message_id"]
    by_label = own_telegram.press(ANN, number, "More")
    by_data = own_telegram.press(ANN, number, "less")
    with pytest.raises(AssertionError, match="no button"):
        own_telegram.press(ANN, number, "other")
    first, second = (update["callback_query"] for update in updates(client)[1:])
    assert (first["id"], first["data"], first["from"]["id"]) == (by_label, "more", 1)
    assert first["message"]["reply_markup"] == buttons("More", "Less")
    assert (second["id"], second["data"]) == (by_data, "less")
    answer = {"callback_query_id": by_label, "text": "x" * 200}
    assert ok(client.post("answerCallbackQuery", data=answer)) is True
    assert ok(client.post("answerCallbackQuery", data=answer)) is True
    too_long = client.post("answerCallbackQuery", data=answer | {"text": "x" * 201})
    assert refused(too_long) == (400, "Bad Request: MESSAGE_TOO_LONG")
    own_telegram.expire(by_label)
    for query in (by_label, "999"):
        assert refused(client.post("answerCallbackQuery", data={"callback_query_id": query})) == (
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
        )


def test_a_button_of_a_message_that_is_gone(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    number = say(client, reply_markup=buttons("More"))["message_id"]
    own_telegram.delete_message(1, number)
    own_telegram.press_data(ANN, number, "a:foreign")
    query = updates(client)[1]["callback_query"]
    assert query["data"] == "a:foreign"
    assert query["message"] == {
        "chat": {"id": 1, "type": "private", "first_name": "Ann"},
        "message_id": number,
        "date": 0,
    }


# -- inline queries ---------------------------------------------------------------------------------------------


def article(number: object, **more: Any) -> dict[str, Any]:
    content = {"message_text": "<b>a</b>", "parse_mode": "HTML"}
    return {"type": "article", "id": str(number), "title": "A", "input_message_content": content} | more


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ([article(number) for number in range(51)], "too many inline query results specified"),
        ([article(1), article(1)], "RESULT_ID_DUPLICATE"),
        ([article("")], "RESULT_ID_INVALID"),
        ([article("x" * 65)], "RESULT_ID_INVALID"),
        ([{"type": "article", "id": "1", "input_message_content": {"message_text": "a"}}], 'Can\'t find field "title"'),
        ([{"type": "article", "id": "1", "title": "A"}], 'Can\'t find field "message_text"'),
        ([article(1, input_message_content={"message_text": ""})], "message text is empty"),
        ([article(1, input_message_content={"message_text": "<b>", "parse_mode": "HTML"})], "can't parse entities"),
    ],
)
def test_inline_results_that_are_refused(
    own_telegram: FakeTelegram, client: httpx.Client, results: list[dict[str, Any]], words: str
) -> None:
    query = own_telegram.inline(ANN, "jordan")
    answer = client.post("answerInlineQuery", data=made(inline_query_id=query, results=results))
    code, description = refused(answer)
    assert code == 400
    assert words in description


def test_an_inline_query_is_answered(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    query = own_telegram.inline(BOB, "jordan", "50")
    found = updates(client)[1]["inline_query"]
    assert (found["id"], found["query"], found["offset"], found["from"]["id"]) == (query, "jordan", "50", 2)
    results = [article(number) for number in range(50)]
    assert ok(client.post("answerInlineQuery", data=made(inline_query_id=query, results=results))) is True
    unknown = client.post("answerInlineQuery", data=made(inline_query_id="1", results=results))
    assert refused(unknown)[1].startswith("Bad Request: query is too old")
