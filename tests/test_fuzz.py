"""A few hundred of the inputs that benchmarks/fuzz.py makes: answers and errors of one line may come of them."""

from __future__ import annotations

import subprocess
import sys

from tests.support.tiny import Tiny

COUNTS = {"photo": 240, "manifest": 40, "page": 60, "bundle": 12}
GROWTH_MIB = 40


def test_nothing_that_is_mutated_does_harm(tiny: Tiny) -> None:
    numbers = [argument for kind, count in COUNTS.items() for argument in (f"--{kind}s", str(count))]
    command = [sys.executable, "-m", "benchmarks.fuzz", tiny.workspace.bundle, *numbers, "--seed", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if not line.startswith("kind") and ":" not in line]
    assert {row[0]: (int(row[1]), int(row[2])) for row in rows} == {kind: (each, 0) for kind, each in COUNTS.items()}
    growth = {
        row[0]: int(row[-1]) - int(row[-2]) for row in rows if row[0] != "bundle"
    }  # whose first answers load more
    assert max(growth.values()) < GROWTH_MIB, done.stdout
