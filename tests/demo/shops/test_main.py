from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from functools import partial

from tests.demo.shops.reading import fetch


def free_port() -> int:
    """The first of five that are free."""
    while True:
        with ExitStack() as servers, suppress(OSError, OverflowError):
            first = servers.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            for port in range(first + 1, first + 5):
                servers.enter_context(socket.create_server(("127.0.0.1", port)))
            return int(first)


def start(*arguments):
    command = [sys.executable, "-u", "-m", "demo.shops", *map(str, arguments)]
    # A shell that runs the tests in the background has its processes ignore interrupts, and so would this one.
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heed)  # noqa: PLW1509


def test_it_prints_five_addresses_and_serves_until_it_is_interrupted(paper):
    port = free_port()
    with start(paper, "--port", port) as process:
        lines = [process.stdout.readline() for _ in range(6)]
        found = dict(re.fullmatch(r"(\w+) +(http://127\.0\.0\.1:\d+)\n", line).groups() for line in lines[:5])
        assert [int(address.rpartition(":")[2]) for address in found.values()] == list(range(port, port + 5))
        assert all(fetch(f"{address}/").status == 200 for address in found.values())
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=20)
    assert (out, errors, process.returncode) == ("closed\n", "", 0)


def test_a_folder_without_a_demo(tmp_path):
    with start(tmp_path) as process:
        out, errors = process.communicate(timeout=30)
    assert (out, process.returncode) == ("", 1)
    assert "draw the demo with `sneakers demo`" in errors
    assert len(errors.splitlines()) == 1
