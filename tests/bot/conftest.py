"""One fake Telegram and one bot process for the tests that can share them; each test is a person of its own.

With SNEAKERS_BOT_HOME set to a workspace that holds a bundle, the shared process is `python -m bot` on it, and tests
that need the fake recogniser are skipped: `SNEAKERS_BOT_HOME=… pytest tests/bot`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count

import httpx
import pytest

from tests.bot.process import FAKE, REAL, BotProcess
from tests.support.telegram import FakeTelegram, Person

__all__: list[str] = []

HOME = os.environ.get("SNEAKERS_BOT_HOME")

_ids = count(1001)


@pytest.fixture(scope="session")
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as server:
        yield server


@pytest.fixture(scope="session")
def bot(telegram: FakeTelegram, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotProcess]:
    """The shared process; it must stop cleanly after everything that the tests did to it."""
    module, environment = (REAL, {"SNEAKERS_HOME": HOME}) if HOME else (FAKE, {})
    folder = tmp_path_factory.mktemp("bot")
    with BotProcess(folder, telegram, module=module, BOT_PER_MINUTE="500", BOT_ADMINS="7,77", **environment) as process:
        yield process
        assert process.terminate() == 0


@pytest.fixture
def fake_bot(bot: BotProcess) -> BotProcess:
    """The shared process, where its recogniser is the fake."""
    if HOME:
        pytest.skip("needs the fake recogniser; SNEAKERS_BOT_HOME names a real bundle")
    return bot


@pytest.fixture
def own_telegram() -> Iterator[FakeTelegram]:
    """A server for a test that runs a bot of its own."""
    with FakeTelegram() as server:
        yield server


@pytest.fixture
def client(own_telegram: FakeTelegram) -> Iterator[httpx.Client]:
    """A bot by hand: requests to `own_telegram`, where person 1 has written already."""
    own_telegram.send_text(Person(1), "/start")
    with httpx.Client(base_url=f"{own_telegram.url}/bot{own_telegram.token}/", trust_env=False, timeout=10) as client:
        yield client


@pytest.fixture
def ann() -> Person:
    return Person(next(_ids), "en", "Ann")


@pytest.fixture
def ivan() -> Person:
    return Person(next(_ids), "ru-RU", "Ivan")
