"""A bot in a process of its own, with its log in a file."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import httpx

from tests.support.telegram import TOKEN, FakeTelegram

__all__ = ["FAKE", "REAL", "BotProcess"]

ROOT = Path(__file__).resolve().parents[2]
FAKE = "tests.bot.runner"
"""Module that runs the bot with the fake recogniser."""
REAL = "bot"
"""Module that runs the bot with the bundle of SNEAKERS_HOME."""


class BotProcess:
    """`python -m <module>` in `folder`, which holds no .env and gets bot.log; killed at the end of its `with` block."""

    def __init__(
        self, folder: Path, telegram: FakeTelegram | None = None, *, module: str = FAKE, **environment: str
    ) -> None:
        self._log = folder / "bot.log"
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        address = {"TELEGRAM_API_URL": telegram.url, "TELEGRAM_TOKEN": TOKEN} if telegram else {}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
        strict = {"PYTHONWARNINGS": "error"} if module == FAKE else {}  # faiss and its like warn on import
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=folder,
                env={
                    **kept,
                    **strict,
                    "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
                    "BOT_PORT": str(port),
                    "BOT_DATABASE": str(folder / "bot.sqlite3"),
                    **address,
                    **environment,
                },
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> BotProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def get(self, path: str) -> httpx.Response:
        """What it says over HTTP."""
        return httpx.get(f"{self.address}{path}", trust_env=False)

    @property
    def log(self) -> str:
        """Everything that it has written to stdout and stderr."""
        return self._log.read_text(encoding="utf-8")

    def wait_for_log(self, words: str, *, after: int = 0, timeout: float = 20.0) -> None:
        """Wait until the log holds `words`, behind so many letters."""
        until = time.monotonic() + timeout
        while words not in self.log[after:]:
            assert time.monotonic() < until, f"no {words!r} in the log within {timeout} s:\n{self.log}"
            assert self._process.poll() is None, f"the bot ended with {self._process.returncode}:\n{self.log}"
            time.sleep(0.05)

    def terminate(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop and return its exit code."""
        self._process.send_signal(number)
        return self.wait()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._process.kill()
        self._process.wait()

    def wait(self, *, timeout: float = 20.0) -> int:
        """Wait for its end and return its exit code."""
        return self._process.wait(timeout)
