"""Logging of the bot process: structured lines that cannot hold the token."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor, WrappedLogger

from sneakers_ml.terminal import printable

__all__ = ["configure"]

HIDDEN = "<secret>"
QUIET = ("httpx", "httpcore", "apscheduler", "tornado")
"""These speak from warnings on only: httpx logs each request's address, which holds the token, at level info."""
SILENT = ("telegram.ext.AIORateLimiter", "telegram.request.BaseRequest")
"""These write a traceback for each 429 and for each page of HTML in place of an answer; who asked says it in a line."""


def configure(secrets: Iterable[str], *, as_json: bool) -> None:
    """Log everything, the library's records too, as JSON or for people; `secrets` are hidden wherever they stand."""
    hidden = [secret for secret in secrets if secret]

    def redact(_: WrappedLogger, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {name: _without(value, hidden) for name, value in event.items()}

    shared: list[Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
    ]
    last: Processor = structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else _line
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, last],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _without(value: Any, secrets: Iterable[str]) -> Any:
    """A value whose text has no secret in it."""
    if isinstance(value, (int, float, bool, type(None))):
        return value
    text = str(value)
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def _line(_: WrappedLogger, __: str, event: MutableMapping[str, Any]) -> str:
    """`time level logger: what happened name=value …`, a traceback below."""
    time, level, logger, what = (event.pop(name, "") for name in ("timestamp", "level", "logger", "event"))
    trace = event.pop("exception", "")
    facts = "".join(f" {name}={value}" for name, value in event.items())
    return "\n".join(map(printable, (f"{time} {level} {logger}: {what}{facts}", *trace.splitlines())))
