"""The fake Telegram's refusals, limits, broken files and broken connections, as a bot sees them from outside."""

from __future__ import annotations

import threading
import time

import httpx
import pytest

from tests.bot.api import ok, refused, updates
from tests.bot.fakes import photo_of
from tests.support.telegram import FakeTelegram, Group, Person

ANN, BOB = Person(1), Person(2)
JPEG = photo_of("plain")


def say(client: httpx.Client, text: str = "hi", chat: int = 1) -> httpx.Response:
    return client.post("sendMessage", data={"chat_id": chat, "text": text})


def test_failures_by_method_and_chat(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    own_telegram.send_text(BOB, "hi")
    own_telegram.fail("sendMessage", 429, times=2, retry_after=7, chat=2)
    response = say(client, chat=2)
    assert refused(response) == (429, "Too Many Requests: retry after 7")
    assert response.json()["parameters"] == {"retry_after": 7}
    assert ok(say(client, chat=1))
    assert refused(say(client, chat=2))[0] == 429
    assert ok(say(client, chat=2))
    own_telegram.fail("getUpdates", 502, body=b"<html>Bad Gateway</html>")
    response = client.post("getUpdates")
    assert (response.status_code, response.text) == (502, "<html>Bad Gateway</html>")
    own_telegram.fail("sendMessage", 400, migrate_to=-1007)
    response = say(client)
    assert refused(response) == (400, "Bad Request: group chat was upgraded to a supergroup chat")
    assert response.json()["parameters"] == {"migrate_to_chat_id": -1007}
    assert [call.error for call in own_telegram.calls("sendMessage", BOB)] == [429, 429, None]


def test_a_lost_reply_and_a_dropped_request(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    own_telegram.lose_reply("sendMessage", seconds=0.1)
    with pytest.raises(httpx.RemoteProtocolError):
        say(client, "lost")
    own_telegram.drop("sendMessage", 2)
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            say(client, "dropped")
    assert ok(say(client, "arrived"))
    assert [answer.text for answer in own_telegram.answers(ANN)] == ["lost", "arrived"]
    assert [call.error for call in own_telegram.calls("sendMessage")] == [None, 0, 0, None]
    own_telegram.lose_reply("sendMessage", seconds=30)
    with pytest.raises(httpx.ReadTimeout):
        client.post("sendMessage", data={"chat_id": 1, "text": "silence"}, timeout=0.2)
    own_telegram.wait_for_text(ANN, "silence")


def test_one_chat_is_limited_and_forbids_photos(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    group = Group(-1001)
    own_telegram.send_text(ANN, "hi", chat=group)
    number = ok(say(client, chat=group.id))["message_id"]
    own_telegram.limit(group.id, 29.5)
    edit = {"chat_id": group.id, "message_id": number, "text": "ho"}
    assert refused(say(client, chat=group.id)) == (429, "Too Many Requests: retry after 30")
    assert refused(client.post("editMessageText", data=edit))[0] == 429
    assert ok(client.post("getChat", data=edit))
    assert ok(say(client))
    own_telegram.limit(group.id, 0)
    assert ok(client.post("editMessageText", data=edit))
    own_telegram.forbid_photos(group.id)
    photo = client.post("sendPhoto", data={"chat_id": group.id}, files={"photo": ("1.jpg", JPEG)})
    assert refused(photo) == (400, "Bad Request: not enough rights to send photos to the chat")
    assert ok(say(client, chat=group.id))
    assert ok(client.post("sendPhoto", data={"chat_id": 1}, files={"photo": ("1.jpg", JPEG)}))


def fetch(telegram: FakeTelegram, client: httpx.Client, file_id: str) -> httpx.Response:
    """The download of a file, at the address that getFile tells."""
    path = ok(client.post("getFile", data={"file_id": file_id}))["file_path"]
    return httpx.get(f"{telegram.url}/file/bot{telegram.token}/{path}", trust_env=False)


def newest(client: httpx.Client) -> str:
    return str(updates(client)[-1]["message"]["photo"][-1]["file_id"])


def test_broken_files(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    own_telegram.send_photo(ANN, JPEG, broken="404", broken_times=2)
    file = newest(client)
    assert [fetch(own_telegram, client, file).status_code for _ in range(3)] == [404, 404, 200]
    own_telegram.send_photo(ANN, JPEG, broken="403")
    assert fetch(own_telegram, client, newest(client)).status_code == 403
    own_telegram.send_photo(ANN, JPEG, broken="no_path")
    file = newest(client)
    assert "file_path" not in ok(client.post("getFile", data={"file_id": file}))
    assert fetch(own_telegram, client, file).content == JPEG


def test_the_network_goes_down_and_comes_back(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    updates(client, offset=own_telegram.last_update + 1)
    failures: list[Exception] = []

    def poll() -> None:
        try:
            client.post("getUpdates", data={"timeout": 10})
        except httpx.TransportError as error:
            failures.append(error)

    polling = threading.Thread(target=poll)
    polling.start()
    time.sleep(0.2)
    own_telegram.stop()
    polling.join(timeout=5)
    assert len(failures) == 1
    with pytest.raises(httpx.ConnectError):
        say(client)
    own_telegram.send_text(ANN, "are you there?")
    own_telegram.start()
    assert [update["message"]["text"] for update in updates(client)] == ["are you there?"]


def test_a_server_that_keeps_no_files_forgets_them_once_they_were_fetched() -> None:
    with (
        FakeTelegram(keep_files=False) as telegram,
        httpx.Client(base_url=f"{telegram.url}/bot{telegram.token}/", trust_env=False) as client,
    ):
        telegram.send_photo(ANN, JPEG)
        file = newest(client)
        assert fetch(telegram, client, file).content == JPEG
        assert fetch(telegram, client, file).status_code == 404
        ok(client.post("sendPhoto", data={"chat_id": 1}, files={"photo": ("1.jpg", JPEG)}))
        (answer,) = telegram.answers(ANN)
        assert (answer.pictures[0].data, answer.pictures[0].size) == (b"", len(JPEG))
        assert telegram.messages(1)[0].pictures[0].size == len(JPEG)
