"""The command line as tests use it: in this process where only words and exit codes matter, else as a process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from sneakers_ml.cli import main

__all__ = ["Outcome", "run_here", "run_process", "run_unprivileged", "run_without"]

SCRIPT = Path(sys.executable).with_name("sneakers")
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH")


@dataclass(frozen=True)
class Outcome:
    """Exit code, standard output and standard error of a command."""

    code: int
    out: str
    err: str

    def failed_in_one_line(self, code: int, *words: str) -> bool:
        """Whether it ended with `code` and one line on standard error that holds all the words."""
        lines = self.err.splitlines()
        return self.code == code and len(lines) == 1 and all(word in lines[0] for word in ("sneakers: ", *words))


def run_here(capsys: pytest.CaptureFixture[str], *arguments: object) -> Outcome:
    """`sneakers ARGUMENTS` without a process of its own."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as exit_:
        main([str(argument) for argument in arguments])
    code = exit_.value.code
    assert code is None or isinstance(code, int)
    return Outcome(code or 0, *capsys.readouterr())


def run_process(*arguments: object, cwd: Path, **environment: str) -> Outcome:
    """`sneakers ARGUMENTS` in a folder, with nothing of this process's environment that could be a setting."""
    return _run([str(SCRIPT), *map(str, arguments)], cwd, environment)


def run_unprivileged(*arguments: object, cwd: Path) -> Outcome:
    """`sneakers ARGUMENTS` as somebody whom the rights of files bind, as root is without two of its capabilities."""
    lesser = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    if lesser and (not shutil.which("setpriv") or subprocess.run([*lesser, "true"], check=False).returncode):
        pytest.skip("root cannot be bound by rights here")
    return _run([*lesser, str(SCRIPT), *map(str, arguments)], cwd, {})


def _run(command: list[str], cwd: Path, environment: dict[str, str]) -> Outcome:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    result = subprocess.run(
        command,
        cwd=cwd,
        env=kept | environment,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
    )
    return Outcome(result.returncode, result.stdout, result.stderr)


def run_without(library: str, *arguments: object) -> Outcome:
    """`sneakers ARGUMENTS` as a process that finds no such library."""
    code = f"import sys; sys.modules[{library!r}] = None; from sneakers_ml.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return Outcome(result.returncode, result.stdout, result.stderr)
