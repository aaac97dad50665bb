"""The fake Telegram's updates, polled and sent to a webhook, as a bot gets them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from tests.bot.api import made, ok, refused, updates
from tests.bot.fakes import photo_of
from tests.support.telegram import FakeTelegram, Person

ANN = Person(1)
JPEG = photo_of("plain")


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
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
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
