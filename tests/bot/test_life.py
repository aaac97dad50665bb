"""Starts and stops: what cannot work is one line, what can is waited for."""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.bot.fakes import photo_of
from tests.bot.process import REAL, BotProcess
from tests.support.telegram import TOKEN, FakeTelegram, Person


def test_sigterm_stops_it_after_the_photos_under_way(own_telegram: FakeTelegram, tmp_path: Path) -> None:
    ann = Person(1)
    own_telegram.fail_once("getMe", 429, retry_after=1)
    with BotProcess(tmp_path, own_telegram) as bot:
        own_telegram.send_photo(ann, photo_of("plain"), delay=0.5)
        own_telegram.wait_for_calls("getFile")
        assert bot.terminate() == 0
        assert len(own_telegram.answers(ann)) == 2
        assert "Traceback" not in bot.log
        assert TOKEN not in bot.log


def test_it_waits_for_a_telegram_that_is_away_and_can_be_stopped_then(tmp_path: Path) -> None:
    with BotProcess(tmp_path, TELEGRAM_API_URL="http://127.0.0.1:9", TELEGRAM_TOKEN=TOKEN) as bot:
        bot.wait_for_log("Telegram cannot be reached")
        assert bot.terminate(signal.SIGINT) == 0
        assert TOKEN not in bot.log
        assert "Traceback" not in bot.log


def test_a_rejected_token_is_one_line(tmp_path: Path) -> None:
    with FakeTelegram(token="1:another-bots-token") as telegram, BotProcess(tmp_path, telegram) as bot:
        assert bot.wait() == 2
        assert bot.log.splitlines()[-1] == "bot: TELEGRAM_TOKEN was rejected by Telegram; get a new one from @BotFather"
        assert "Traceback" not in bot.log
        assert TOKEN not in bot.log


def test_an_unset_token_is_one_line(tmp_path: Path) -> None:
    with BotProcess(tmp_path, module=REAL, TELEGRAM_TOKEN="") as bot:
        assert bot.wait() == 2
        assert bot.log == "bot: TELEGRAM_TOKEN is not set; get one from @BotFather and put it in .env\n"


def test_a_missing_bundle_is_one_line_before_telegram_is_asked(own_telegram: FakeTelegram, tmp_path: Path) -> None:
    with BotProcess(tmp_path, own_telegram, module=REAL, SNEAKERS_HOME=str(tmp_path)) as bot:
        assert bot.wait() == 1
        assert bot.log.startswith("bot: ")
        assert bot.log.count("\n") == 1
    assert own_telegram.calls() == []


def test_a_database_of_a_newer_version_is_one_line(own_telegram: FakeTelegram, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "bot.sqlite3")) as database:
        database.execute("PRAGMA user_version = 99")
    with BotProcess(tmp_path, own_telegram) as bot:
        assert bot.wait() == 1
        assert bot.log.splitlines()[-1].endswith("of schema 99, this version knows 1; install a newer sneakers-ml")
        assert "Traceback" not in bot.log


@pytest.mark.parametrize("content", [b"no database at all" * 500, b""])
def test_a_file_that_is_no_database_is_one_line_and_an_empty_one_is_filled(
    own_telegram: FakeTelegram, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "bot.sqlite3").write_bytes(content)
    with BotProcess(tmp_path, own_telegram) as bot:
        if content:
            assert bot.wait() == 1
            assert "not a database of this bot" in bot.log.splitlines()[-1]
            assert (tmp_path / "bot.sqlite3").read_bytes() == content
        else:
            bot.wait_for_log("updates are fetched")
