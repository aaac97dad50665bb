"""The fake Telegram refuses what Telegram refuses; else the bot's tests would prove little."""

from __future__ import annotations

import json
import threading
from typing import Any

import httpx
import pytest

from tests.bot.api import refused
from tests.bot.fakes import photo_of
from tests.support.telegram import FakeTelegram, Person

ANN = Person(1)
JPEG = photo_of("plain")


def album(*captions: str) -> dict[str, Any]:
    media = [{"type": "photo", "media": "attach://shoe", "caption": words, "parse_mode": "HTML"} for words in captions]
    return {"data": {"chat_id": 1, "media": json.dumps(media)}, "files": {"shoe": ("1.jpg", JPEG)}}


def test_another_token_and_another_method(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    assert refused(httpx.get(f"{own_telegram.url}/bot1:other/getMe", trust_env=False)) == (401, "Unauthorized")
    assert refused(client.post("getNothing")) == (404, "Not Found")
    assert client.post("getMe").json()["result"]["is_bot"] is True


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "message text is empty"),
        ("<b> </b>", "message text is empty"),
        ("x" * 4097, "message is too long"),
        ("<h1>shoe</h1>", "can't parse entities"),
        ("<b>shoe", "can't parse entities"),
        ("shoe</b>", "can't parse entities"),
    ],
)
def test_texts(client: httpx.Client, text: str, words: str) -> None:
    code, description = refused(client.post("sendMessage", data={"chat_id": 1, "text": text, "parse_mode": "HTML"}))
    assert code == 400
    assert words in description


def test_a_text_that_fits(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    text = "<b>" + "&amp;" * 4096 + "</b>"
    assert client.post("sendMessage", data={"chat_id": 1, "text": text, "parse_mode": "HTML"}).json()["ok"] is True
    assert [answer.text for answer in own_telegram.answers(ANN)] == [text]


@pytest.mark.parametrize(
    ("captions", "words"),
    [(["a"], "2-10 items"), (["a"] * 11, "2-10 items"), (["a", "x" * 1025], "caption is too long")],
)
def test_albums(client: httpx.Client, captions: list[str], words: str) -> None:
    code, description = refused(client.post("sendMediaGroup", **album(*captions)))
    assert code == 400
    assert words in description


def test_an_album_that_fits(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    assert len(client.post("sendMediaGroup", **album("a", "x" * 1024)).json()["result"]) == 2
    (call,) = own_telegram.answers(ANN)
    assert [picture.data for picture in call.pictures] == [JPEG, JPEG]


def test_pictures_must_decode(client: httpx.Client) -> None:
    sent = client.post("sendPhoto", data={"chat_id": 1}, files={"photo": ("1.jpg", b"no picture")})
    assert refused(sent) == (400, "Bad Request: IMAGE_PROCESS_FAILED")
    assert client.post("sendPhoto", data={"chat_id": 1}, files={"photo": ("1.jpg", JPEG)}).json()["ok"] is True


def test_chats_files_and_quotes_must_exist(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    assert refused(client.post("sendMessage", data={"chat_id": 2, "text": "hi"}))[1] == "Bad Request: chat not found"
    assert refused(client.post("getFile", data={"file_id": "none"}))[1] == "Bad Request: invalid file_id"
    quoting = {"chat_id": 1, "text": "hi", "reply_parameters": json.dumps({"message_id": 999})}
    assert refused(client.post("sendMessage", data=quoting))[1] == "Bad Request: message to be replied not found"
    own_telegram.block(ANN)
    assert refused(client.post("sendMessage", data={"chat_id": 1, "text": "hi"}))[0] == 403


def test_a_failure_happens_once(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    own_telegram.fail_once("getMe", 429, retry_after=3)
    response = client.post("getMe")
    assert response.status_code == 429
    assert response.json()["parameters"] == {"retry_after": 3}
    assert client.post("getMe").status_code == 200


def test_updates_wait_are_confirmed_by_offset_and_polled_by_one(
    own_telegram: FakeTelegram, client: httpx.Client
) -> None:
    (update,) = client.post("getUpdates", data={"timeout": 0}).json()["result"]
    assert update["message"]["text"] == "/start"
    after = {"offset": update["update_id"] + 1, "timeout": 5}
    later = threading.Timer(0.1, own_telegram.send_text, [ANN, "hello"])
    later.start()
    assert [found["message"]["text"] for found in client.post("getUpdates", data=after).json()["result"]] == ["hello"]
    later.join()
    assert own_telegram.wait_for_calls("getUpdates", 2)


def test_a_photo_comes_in_sizes_and_can_be_fetched(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    own_telegram.send_photo(ANN, JPEG)
    sizes = client.post("getUpdates", data={"timeout": 0}).json()["result"][1]["message"]["photo"]
    assert [(size["width"], size["height"]) for size in sizes] == [(90, 68), (320, 240), (400, 300)]
    path = client.post("getFile", data={"file_id": sizes[-1]["file_id"]}).json()["result"]["file_path"]
    address = f"{own_telegram.url}/file/bot{own_telegram.token}/{path}"
    assert httpx.get(address, trust_env=False).content == JPEG
    assert httpx.get(address.replace(own_telegram.token, "1:other"), trust_env=False).status_code == 401
