from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

from sneakers_ml.progress import no_progress, progress_bar

DRAW = """
import time
from sneakers_ml.progress import progress_bar
with progress_bar("photos of shoes [red]:shoe:\\x1b[5n") as on_progress:
    for done in range(1, 41):
        time.sleep(0.02)
        on_progress(done, 40)
print("the result")
"""


def test_where_there_is_no_terminal_nothing_is_drawn(capsys):
    with progress_bar("photos") as on_progress:
        on_progress(1, 2)
        on_progress(2, 2)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_sees_the_title_the_count_and_the_rate_on_standard_error():
    """A process whose standard error is a terminal, and whose standard output is a pipe."""
    ours, theirs = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen([sys.executable, "-c", DRAW], stdout=subprocess.PIPE, stderr=theirs, env=environment)
    os.close(theirs)
    drawn = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux says so where the other end is closed
            break
        if not part:
            break
        drawn += part
    os.close(ours)
    printed, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert printed == b"the result\n"
    text = drawn.decode()
    assert r"photos of shoes [red]:shoe:\x1b[5n" in text
    assert "40/40" in text
    assert re.search(r"\d+ photos/s", text)


def test_nobody_needs_to_listen():
    assert no_progress(1, 2) is None
