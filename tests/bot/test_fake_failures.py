"""The fake Telegram's updates, webhook, limits and broken connections, as a bot sees them from outside."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from tests.bot.api import made, ok, refused
from tests.bot.fakes import photo_of
from tests.support.telegram import FakeTelegram, Group, Person

ANN, BOB = Person(1), Person(2)
JPEG = photo_of("plain")


def updates(client: httpx.Client, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(client.post("getUpdates", data=made(**{"timeout": 0} | params)))
    return found


def say(client: httpx.Client, text: str = "hi", chat: int = 1) -> httpx.Response:
    return client.post("sendMessage", data={"chat_id": chat, "text": text})


# -- updates ----------------------------------------------------------------------------------------------------


def test_only_allowed_updates_come_and_the_choice_is_remembered(
    own_telegram: FakeTelegram, client: httpx.Client
) -> None:
    def everything() -> None:
        own_telegram.edit_text(ANN, own_telegram.send_text(ANN, "hi"), "ho")
        own_telegram.inline(ANN, "jordan")
        own_telegram.push_raw({"chat_member": {}})
        own_telegram.push_raw({"my_chat_member": {}})

    def kinds(**params: Any) -> list[str]:
        found = updates(client, **params)
        if found:
            updates(client, offset=found[-1]["update_id"] + 1)
        return [next(name for name in update if name != "update_id") for update in found]

    everything()
    assert kinds() == ["message", "message", "edited_message", "inline_query", "my_chat_member"]
    everything()
    assert kinds(allowed_updates=["inline_query", "chat_member"]) == ["inline_query", "chat_member"]
    everything()
    assert kinds() == ["inline_query", "chat_member"]
    everything()
    assert kinds(allowed_updates=[]) == ["message", "edited_message", "inline_query", "my_chat_member"]


def test_doubles_and_any_json(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    first = own_telegram.last_update
    assert [update["update_id"] for update in updates(client)] == [first]
    assert updates(client, offset=first + 1) == []
    own_telegram.repeat(first)
    odd = own_telegram.push_raw({"message": {"odd": [1, None]}})
    doubled, raw = updates(client, offset=first + 1)
    assert (doubled["update_id"], doubled["message"]["text"]) == (first, "/start")
    assert raw == {"update_id": odd, "message": {"odd": [1, None]}}
    assert [update["update_id"] for update in updates(client, offset=first + 1)] == [odd]
    own_telegram.push_raw({"update_id": first, "message": {}})
    assert updates(client, offset=odd + 1) == [{"update_id": first, "message": {}}]


def test_a_negative_offset_and_a_limit(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    for number in range(3):
        own_telegram.send_text(ANN, str(number))
    assert [update["message"]["text"] for update in updates(client, limit=2)] == ["/start", "0"]
    assert [update["message"]["text"] for update in updates(client, offset=-1)] == ["2"]
    assert len(updates(client)) == 1


def test_what_happens_together_arrives_together(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    updates(client, offset=own_telegram.last_update + 1)
    found: list[dict[str, Any]] = []
    poll = threading.Thread(target=lambda: found.extend(updates(client, timeout=5)))
    poll.start()
    with own_telegram.together():
        for _ in range(3):
            own_telegram.send_photo(ANN, JPEG, album="7")
            time.sleep(0.05)
        assert found == []
    poll.join()
    assert [update["message"]["media_group_id"] for update in found] == ["7"] * 3


def test_a_second_poll_ends_the_first(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    updates(client, offset=own_telegram.last_update + 1)
    refusals: list[tuple[int, str]] = []
    poll = threading.Thread(target=lambda: refusals.append(refused(client.post("getUpdates", data={"timeout": 5}))))
    poll.start()
    own_telegram.wait_for(lambda: updates(client) == [] and refusals, 10)
    poll.join()
    words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    assert refusals == [(409, words)]


# -- the webhook ------------------------------------------------------------------------------------------------


class Hook(HTTPServer):
    """A bot with a webhook, which answers with the `statuses` in turn, then with 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HookHandler)
        self.url = f"http://127.0.0.1:{self.server_port}/hook"
        self.statuses: list[int] = []
        self.got: list[tuple[str | None, dict[str, Any]]] = []


class HookHandler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = httpx.Response(200, content=self.rfile.read(int(self.headers["Content-Length"]))).json()
        self.server.got.append((self.headers["X-Telegram-Bot-Api-Secret-Token"], body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def hooked() -> Iterator[Hook]:
    with Hook() as hook:
        thread = threading.Thread(target=hook.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield hook
        finally:
            hook.shutdown()
            thread.join()


def test_a_webhook_gets_updates_in_order_and_again_until_it_takes_them(
    own_telegram: FakeTelegram, client: httpx.Client
) -> None:
    with hooked() as hook:
        hook.statuses = [500, 403]
        own_telegram.send_text(ANN, "a")
        ok(client.post("setWebhook", data=made(url=hook.url, secret_token="s-1", allowed_updates=["message"])))
        own_telegram.inline(ANN, "not allowed")
        own_telegram.send_text(ANN, "b")
        own_telegram.wait_for(lambda: len(hook.got) >= 5, 10)
        assert {secret for secret, _ in hook.got} == {"s-1"}
        texts = [update["message"]["text"] for _, update in hook.got]
        assert texts == ["/start", "/start", "/start", "a", "b"]
        info = own_telegram.wait_for(
            lambda: (found := ok(client.post("getWebhookInfo")))["pending_update_count"] == 0 and found, 10
        )
        assert info["url"] == hook.url
        assert info["allowed_updates"] == ["message"]
        assert info["last_error_message"] == "Wrong response from the webhook: 403 Forbidden"
        own_telegram.repeat(own_telegram.last_update)
        own_telegram.wait_for(lambda: len(hook.got) == 6, 10)


def test_a_webhook_excludes_polling(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    url = "http://127.0.0.1:9/hook"
    assert client.post("setWebhook", data={"url": url}).json()["description"] == "Webhook was set"
    words = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    assert refused(client.post("getUpdates")) == (409, f"Conflict: {words}")
    own_telegram.wait_for(lambda: "last_error_message" in ok(client.post("getWebhookInfo")), 10)
    assert ok(client.post("getWebhookInfo"))["pending_update_count"] == 1
    assert client.post("deleteWebhook").json()["description"] == "Webhook was deleted"
    assert len(updates(client)) == 1
    ok(client.post("deleteWebhook", data={"drop_pending_updates": "true"}))
    assert updates(client) == []


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"url": "nowhere"}, "invalid webhook URL specified"),
        ({"url": "http://x.example", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "http://x.example", "secret_token": "a" * 257}, "secret token is too long"),
    ],
)
def test_webhooks_that_are_refused(client: httpx.Client, params: dict[str, str], words: str) -> None:
    assert refused(client.post("setWebhook", data=params)) == (400, f"Bad Request: {words}")


# -- failures ---------------------------------------------------------------------------------------------------


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
