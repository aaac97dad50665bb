"""Logging of the bot process: readable lines that cannot hold the token."""

from __future__ import annotations

import logging

__all__ = ["Redactor", "configure"]

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
HIDDEN = "<token>"


class Redactor(logging.Filter):
    """Replaces a secret in messages and tracebacks of every record that a handler sees."""

    def __init__(self, secret: str) -> None:
        super().__init__()
        self._secret = secret
        self._formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if self._secret in message:
            record.msg, record.args = message.replace(self._secret, HIDDEN), None
        if record.exc_info:
            trace = record.exc_text or self._formatter.formatException(record.exc_info)
            if self._secret in trace:
                record.exc_info, record.exc_text = None, trace.replace(self._secret, HIDDEN)
        return True


def configure(secret: str) -> None:
    """Set logging up for a process that knows `secret`: a stream handler unless there is one, and a `Redactor` on each.

    httpx logs each request's address, which holds the token, at level info; so it speaks from warnings on only.
    """
    logging.basicConfig(level=logging.INFO, format=FORMAT)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for handler in logging.getLogger().handlers:
        handler.addFilter(Redactor(secret))
