"""Fail when requirements.txt isn't what poetry.lock exports to: other packages, versions or hashes."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

Pins = dict[tuple[str, str], frozenset[str]]


def locked(path: Path) -> Pins:
    """(name, version) -> hashes of each package in poetry.lock."""
    packages = tomllib.loads(path.read_text(encoding="utf-8"))["package"]
    return {
        (package["name"], package["version"]): frozenset(file["hash"] for file in package["files"])
        for package in packages
    }


def exported(path: Path) -> Pins:
    """(name, version) -> hashes of each requirement in requirements.txt."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    pins = {}
    for line in text.splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;]+)", line):
            pins[match[1], match[2]] = frozenset(re.findall(r"--hash=(\S+)", line))
    return pins


def differences(lock: Pins, requirements: Pins) -> list[str]:
    """A line for each package that differs."""
    pins = sorted(lock.keys() | requirements.keys())
    return ["==".join(pin) for pin in pins if lock.get(pin) != requirements.get(pin)]


def main() -> int:
    """Exit code 0 when both agree."""
    wrong = differences(locked(ROOT / "poetry.lock"), exported(ROOT / "requirements.txt"))
    if wrong:
        print(f"requirements.txt is out of step with poetry.lock ({', '.join(wrong[:5])}); run `make lock`")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
