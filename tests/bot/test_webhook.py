"""Updates by webhook: with the secret alone, and on the disk before Telegram is told."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest

from tests.bot.fakes import photo_of
from tests.bot.process import BotProcess
from tests.support.telegram import TOKEN, FakeTelegram, Person

SECRET = "only-telegram-knows-this"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture(scope="module")
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as server:
        yield server


@pytest.fixture(scope="module")
def hooked(telegram: FakeTelegram, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotProcess]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    webhook = {"BOT_PORT": port, "BOT_WEBHOOK_URL": f"http://127.0.0.1:{port}", "BOT_WEBHOOK_SECRET": SECRET}
    with BotProcess(tmp_path_factory.mktemp("webhook"), telegram, **webhook) as process:
        process.address = f"http://127.0.0.1:{port}"
        process.wait_for_log("the bot answers")
        yield process
        assert process.terminate() == 0
        for secret in (TOKEN, SECRET):
            assert secret not in process.log


def post(bot: BotProcess, body: bytes, headers: dict[str, str | bytes]) -> int:
    return httpx.post(f"{bot.address}/telegram", content=body, headers=headers, trust_env=False).status_code


def test_a_photo_is_answered_and_a_double_is_not(telegram: FakeTelegram, ann: Person, hooked: BotProcess) -> None:
    telegram.send_photo(ann, photo_of("plain"))
    update = telegram.last_update
    telegram.wait_for_answers(ann, 2)
    telegram.repeat(update)
    telegram.send_text(ann, "/about")
    telegram.wait_for_text(ann, "Sneakers ML")
    assert sum(message.from_bot for message in telegram.messages(ann.id)) == 7
    assert telegram.calls("getUpdates") == []
    assert hooked.get("/readyz").status_code == hooked.get("/healthz").status_code == 200


@pytest.mark.parametrize("headers", [{}, {HEADER: ""}, {HEADER: "wrong"}, {HEADER: SECRET + "x"}, {HEADER: b"\xe9"}])
def test_a_call_without_the_secret_is_refused(
    telegram: FakeTelegram, ann: Person, hooked: BotProcess, headers: dict[str, str | bytes]
) -> None:
    body = b'{"update_id": 1, "message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}}'
    assert post(hooked, body, headers) == 403
    hooked.wait_for_log("without the secret was refused")
    telegram.send_text(ann, "/start")
    telegram.wait_for_text(ann, "Hello!")
    assert sum(message.from_bot for message in telegram.messages(ann.id)) == 1


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b"{}", b'{"update_id": "x"}', b'{"update_id": null}', b"\xff"]
)
def test_a_call_with_no_update_is_refused(hooked: BotProcess, body: bytes) -> None:
    assert post(hooked, body, {HEADER: SECRET}) == 400
    assert "Traceback" not in hooked.log


def test_a_body_that_no_update_has_is_refused_unread(hooked: BotProcess) -> None:
    with pytest.raises((httpx.HTTPError, AssertionError)):
        assert post(hooked, b"x" * 2_000_000, {HEADER: SECRET}) not in (400, 413)
    assert hooked.get("/healthz").status_code == 200
    assert hooked.get("/telegram").status_code == 405
    assert hooked.get("/elsewhere").status_code == 404
