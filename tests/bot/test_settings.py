"""The bot's part of the environment."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from bot.app import run
from sneakers_ml.errors import SettingsError
from sneakers_ml.workspace.settings import Settings
from tests.bot.fakes import FakeRecognizer


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


def test_the_address_of_the_api_ends_without_a_slash() -> None:
    assert settings(telegram_api_url="http://127.0.0.1:8081/").telegram_api_url == "http://127.0.0.1:8081"


@pytest.mark.parametrize(
    "value",
    [
        {"telegram_api_url": "ftp://telegram.example"},
        {"telegram_api_url": "api.telegram.org"},
        {"bot_queue": 0},
        {"bot_deadline": 0},
        {"bot_threads": 0},
        {"bot_per_user": 0},
        {"bot_neighbours": 1},
        {"bot_neighbours": 11},
    ],
)
def test_values_that_cannot_work_are_refused(value: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        settings(**value)


def test_the_token_is_not_shown() -> None:
    assert "hush" not in repr(settings(telegram_token="1:hush"))


@pytest.mark.parametrize("token", [None, "", "  \n"])
def test_no_token_no_bot(token: str | None) -> None:
    with pytest.raises(SettingsError, match="TELEGRAM_TOKEN is not set; get one from @BotFather"):
        run(settings(telegram_token=token), FakeRecognizer())
