"""Chromium without a window, told what to do over its DevTools protocol: two pipes, so no port and no library."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

__all__ = ["Chromium", "Page", "chromium", "find_chromium"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless",
    "--hide-scrollbars",
    "--disable-gpu",
    "--no-first-run",
    "--remote-debugging-pipe",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--proxy-server=127.0.0.1:9",  # where nothing answers
)


def find_chromium() -> str | None:
    """The path of a Chromium or Chrome, if there is one."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


class Chromium:
    """The browser at the other end of the pipes; messages are JSON that ends with a zero byte."""

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write = read, write
        self._buffer = b""
        self._numbers = count(1)
        self.events: list[dict[str, Any]] = []

    def ask(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Send a command and wait for its answer; events that come meanwhile are kept."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params} | ({"sessionId": session} if session else {})
        left = json.dumps(message).encode() + b"\0"
        while left:
            left = left[os.write(self._write, left) :]
        while True:
            answer = self._receive()
            if answer.get("id") == number:
                assert "error" not in answer, (method, answer["error"])
                return dict(answer["result"])
            self.events.append(answer)

    def wait_for(self, method: str, session: str) -> dict[str, Any]:
        """The first event of that name, perhaps one that has come already."""
        while True:
            for event in self.events:
                if event.get("method") == method and event.get("sessionId") == session:
                    return dict(event["params"])
            self.events.append(self._receive())

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            part = os.read(self._read, 1 << 20)
            assert part, "Chromium has ended"
            self._buffer += part
        message, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(message))


class Page:
    """A page in a window of a given size, and what went wrong on it; offline unless it may ask this machine."""

    def __init__(
        self,
        browser: Chromium,
        width: int,
        height: int,
        *,
        touch: bool = False,
        dark: bool = False,
        loopback: bool = False,
    ) -> None:
        self._browser = browser
        target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        if not loopback:
            network = {"latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
            self.ask("Network.emulateNetworkConditions", offline=True, **network)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=touch)
        self.ask("Emulation.setTouchEmulationEnabled", enabled=touch)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command of this page."""
        return self._browser.ask(method, self._session, **params)

    def open(self, address: str) -> None:
        """Load an address to its end."""
        self.ask("Page.navigate", url=address)
        self._browser.wait_for("Page.loadEventFired", self._session)

    def value(self, expression: str) -> Any:
        """What a JavaScript expression gives; a promise is waited for."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def point_at(self, x: float, y: float) -> None:
        """Move the mouse to a place in the window."""
        self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def tap(self, x: float, y: float) -> None:
        """Touch a place in the window."""
        self.ask("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        self.ask("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def wait_until(self, expression: str, seconds: float = 20) -> None:
        """Wait for a JavaScript expression to become true."""
        until = time.monotonic() + seconds
        while not self.value(expression):
            assert time.monotonic() < until, f"still not so after {seconds} s: {expression}"
            time.sleep(0.02)

    def upload(self, selector: str, files: list[str]) -> None:
        """Choose files in an input, as its dialog would."""
        root = self.ask("DOM.getDocument")["root"]["nodeId"]
        node = self.ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.ask("DOM.setFileInputFiles", nodeId=node, files=files)

    def screenshot(self, *, whole: bool = False) -> bytes:
        """PNG of the window, or of the whole page."""
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"])

    def events(self, method: str) -> list[dict[str, Any]]:
        """The parameters of all events of that name."""
        self.value("0")  # whatever was sent before has arrived then
        mine = (event for event in self._browser.events if event.get("sessionId") == self._session)
        return [event["params"] for event in mine if event["method"] == method]

    def problems(self) -> list[dict[str, Any]]:
        """Exceptions and error messages of the console."""
        entries = [each["entry"] for each in self.events("Log.entryAdded")]
        return self.events("Runtime.exceptionThrown") + [each for each in entries if each["level"] == "error"]

    def requested(self) -> list[str]:
        """Addresses that were asked for, pictures within the page left out."""
        asked = (each["request"]["url"] for each in self.events("Network.requestWillBeSent"))
        return [url for url in asked if not url.startswith("data:")]


@contextmanager
def chromium(path: str) -> Iterator[Chromium]:
    """A browser of one's own, with nothing to reach and a profile that goes with it."""
    browser_reads, we_write = os.pipe()
    we_read, browser_writes = os.pipe()
    flags = [*_FLAGS, *(["--no-sandbox"] if os.getuid() == 0 else [])]  # root may have no sandbox
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [path, *flags, f"--user-data-dir={profile}"]
        # Chromium reads commands from descriptor 3 and writes to 4; the shell puts the pipes there.
        process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{browser_reads} 4>&{browser_writes}', "bash", *command],
            pass_fds=(browser_reads, browser_writes),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(browser_reads)
        os.close(browser_writes)
        browser = Chromium(we_read, we_write)
        try:
            yield browser
        finally:
            browser.ask("Browser.close")
            process.wait(20)
            os.close(we_read)
            os.close(we_write)
