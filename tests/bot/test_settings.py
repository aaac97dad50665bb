"""The bot's part of the environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.app import run
from sneakers_ml.errors import SettingsError
from sneakers_ml.workspace.settings import Settings
from tests.bot.fakes import FakeLive
from tests.bot.process import REAL, BotProcess


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


def test_the_address_of_the_api_ends_without_a_slash() -> None:
    assert settings(telegram_api_url="http://127.0.0.1:8081/").telegram_api_url == "http://127.0.0.1:8081"


@pytest.mark.parametrize(
    "value",
    [
        {"telegram_api_url": "ftp://telegram.example"},
        {"telegram_api_url": "api.telegram.org"},
        {"bot_per_minute": 0},
        {"bot_stop": 0},
        {"bot_port": 70000},
        {"bot_webhook_secret": "short"},
        {"bot_proxy": "ftp://proxy.example"},
        {"bot_admins": "12,ann"},
        {"bot_deadline": 0},
        {"bot_threads": 0},
        {"bot_per_user": 0},
        {"bot_neighbours": 0},
        {"bot_neighbours": 10},
    ],
)
def test_values_that_cannot_work_are_refused(value: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        settings(**value)


def test_the_token_is_not_shown() -> None:
    assert "hush" not in repr(settings(telegram_token="1:hush"))


@pytest.mark.parametrize("token", [None, "", "  \n"])
def test_no_token_no_bot(token: str | None, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="TELEGRAM_TOKEN is not set; get one from @BotFather"):
        run(settings(telegram_token=token), FakeLive(), tmp_path / "bot.sqlite3")


def test_a_webhook_needs_a_port_and_a_secret() -> None:
    webhook = {"telegram_token": "1:hush", "bot_webhook_url": "https://bot.example"}
    for missing in ({}, {"bot_port": 8080}, {"bot_webhook_secret": "s" * 16}):
        with pytest.raises(SettingsError, match="BOT_WEBHOOK_URL needs BOT_PORT and BOT_WEBHOOK_SECRET"):
            settings(**webhook, **missing).check_bot()
    settings(**webhook, bot_port=8080, bot_webhook_secret="s" * 16).check_bot()


def test_a_socks_proxy_without_its_extra_is_said_at_the_start() -> None:
    program = (
        "import sys; sys.modules['socksio'] = None; from sneakers_ml.workspace.settings import load_settings\n"
        "try: load_settings()\n"
        "except Exception as error: print(error)"
    )
    environment = {**os.environ, "BOT_PROXY": "socks5://127.0.0.1:1080"}
    said = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout == (
        "environment: BOT_PROXY: Value error, socks5 needs an extra: pip install 'sneakers-ml[proxy]'\n"
    )


def test_lists_are_written_with_commas() -> None:
    read = settings(bot_admins="12, 34", link_hosts="shop.lan:80")
    assert read.bot_admins == {12, 34}
    assert read.link_hosts == {"shop.lan:80"}


def test_an_env_file_in_another_encoding_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("BOT_THREADS=1\n", encoding="utf-16")
    with BotProcess(tmp_path, module=REAL) as bot:
        assert bot.wait() == 2
        assert bot.log == "bot: .env: not text in UTF-8; save it as UTF-8, in Windows' Notepad by Save as\n"
