"""No secret gets into a line, whoever writes it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

TOKEN = "123:secret"
PROGRAM = """
import logging, structlog
from bot.logs import configure
configure(["123:secret", ""], as_json={as_json})
log = structlog.get_logger("bot.test")
log.info("heard", words="\\x1b[31m\\nred")
log.info("asked", url="https://api.telegram.org/bot123:secret/getMe", count=3, what={{"deep": "123:secret"}})
logging.getLogger("library").warning("GET %s %d", "https://api.telegram.org/bot123:secret/getMe", 200)
logging.getLogger("httpx").info("never said")
try:
    raise ValueError("The token `123:secret` was rejected")
except ValueError as error:
    log.error("failed", exc_info=error)
    logging.getLogger("library").exception("failed too: %s", error)
"""


@pytest.mark.parametrize("as_json", [False, True])
def test_the_token_is_hidden_in_messages_arguments_facts_and_tracebacks(as_json: bool) -> None:
    written = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(as_json=as_json)], capture_output=True, text=True, check=True
    ).stderr
    assert TOKEN not in written
    assert written.count("<secret>") >= 5
    assert "never said" not in written
    assert "ValueError: The token `<secret>` was rejected" in written
    assert "\x1b" not in written
    if as_json:
        first = json.loads(written.splitlines()[1])
        assert (first["event"], first["level"], first["count"]) == ("asked", "info", 3)
    else:
        assert " info bot.test: asked url=https://api.telegram.org/bot<secret>/getMe count=3" in written
        assert " warning library: GET https://api.telegram.org/bot<secret>/getMe 200" in written
