"""Fail when a requirements file isn't what poetry.lock exports to: other packages, versions or hashes."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable
from itertools import product
from pathlib import Path

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parents[1]

IMAGE_EXTRAS = ("web", "proxy")
"""Extras that the container image holds."""
PYTHONS = ("3.11", "3.12", "3.13")
SYSTEMS = (("linux", "Linux"), ("darwin", "Darwin"), ("win32", "Windows"))

Pins = dict[tuple[str, str], frozenset[str]]


def locked(path: Path, extras: Iterable[str] | None = None) -> Pins:
    """(name, version) -> hashes of each package in poetry.lock; with `extras`, of the base install and those alone."""
    packages = tomllib.loads(path.read_text(encoding="utf-8"))["package"]
    return {
        (package["name"], package["version"]): frozenset(file["hash"] for file in package["files"])
        for package in packages
        if extras is None or _belongs(package["groups"], package.get("markers", ""), extras)
    }


def _belongs(groups: list[str], markers: str | dict[str, str], extras: Iterable[str]) -> bool:
    """Whether a package is installed with these extras, on any system and Python."""
    marker = markers.get("main", "") if isinstance(markers, dict) else markers
    return "main" in groups and (
        not marker
        or any(
            Marker(marker).evaluate(
                {"extra": extra, "python_version": python, "sys_platform": system, "platform_system": name}
            )
            for extra, python, (system, name) in product(("", *extras), PYTHONS, SYSTEMS)
        )
    )


def exported(path: Path) -> Pins:
    """(name, version) -> hashes of each requirement in a requirements file."""
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


def image_differences(lock: Path, folder: Path) -> list[str]:
    """A line for each package of the image that differs: its locked ones, and its own OpenCV."""
    pins = locked(lock, IMAGE_EXTRAS)
    wrong = differences(pins, exported(folder / "requirements.txt"))
    windowed = {version for name, version in pins if name == "opencv-python"}
    headless = {version for _, version in exported(folder / "opencv.txt")}
    return wrong + [f"opencv-python-headless=={version}" for version in sorted(headless ^ windowed)]


def main() -> int:
    """Exit code 0 when all agree."""
    lock = ROOT / "poetry.lock"
    found = {
        "requirements.txt": differences(locked(lock), exported(ROOT / "requirements.txt")),
        "deploy": image_differences(lock, ROOT / "deploy"),
    }
    for name, wrong in found.items():
        if wrong:
            print(f"{name} is out of step with poetry.lock ({', '.join(wrong[:5])}); run `make lock`")
    return any(found.values())


if __name__ == "__main__":
    sys.exit(main())
