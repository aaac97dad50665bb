"""The token is kept out of messages, arguments and tracebacks."""

from __future__ import annotations

import logging
import sys
from io import StringIO

import pytest

from bot.logs import Redactor

TOKEN = "123:secret"


@pytest.fixture
def written() -> tuple[logging.Handler, StringIO]:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    handler.addFilter(Redactor(TOKEN))
    return handler, stream


def record(message: str, *arguments: object, trace: bool = False) -> logging.LogRecord:
    return logging.LogRecord("x", logging.INFO, "x.py", 1, message, arguments, sys.exc_info() if trace else None)


def test_messages_and_arguments(written: tuple[logging.Handler, StringIO]) -> None:
    handler, stream = written
    handler.handle(record("GET https://api.telegram.org/bot123:secret/getMe"))
    handler.handle(record("GET %s %d", "https://api.telegram.org/bot123:secret/getMe", 200))
    handler.handle(record("100 %% of %s", "nothing"))
    assert stream.getvalue() == (
        "INFO GET https://api.telegram.org/bot<token>/getMe\n"
        "INFO GET https://api.telegram.org/bot<token>/getMe 200\n"
        "INFO 100 % of nothing\n"
    )


def test_tracebacks(written: tuple[logging.Handler, StringIO]) -> None:
    handler, stream = written
    for words in ("The token `123:secret` was rejected", "harmless"):
        try:
            raise ValueError(words)
        except ValueError:
            handler.handle(record("failed", trace=True))
    assert TOKEN not in stream.getvalue()
    assert "ValueError: The token `<token>` was rejected" in stream.getvalue()
    assert "ValueError: harmless" in stream.getvalue()
