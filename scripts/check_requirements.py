"""Fail when a requirements file isn't what poetry.lock exports to: other packages, versions or hashes."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from itertools import product
from pathlib import Path
from typing import Any

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parents[1]

EXTRAS = ("crawl", "train", "web", "proxy", "clip")
"""Extras that requirements.txt holds, beside the tools of development."""
IMAGE_EXTRAS = ("web", "proxy")
"""Extras that the container image holds."""
SCALE_EXTRAS = ("scale", "milvus")
"""Extras for work past one machine, which requirements-scale.txt holds."""
ENVIRONMENTS = {
    "python_version": ("3.11", "3.12", "3.13"),
    "sys_platform": ("linux", "darwin", "win32", "emscripten"),
    "platform_system": ("Linux", "Darwin", "Windows"),
    "implementation_name": ("cpython", "pypy"),
    "platform_python_implementation": ("CPython", "PyPy"),
}
"""Values of markers; an export holds what any combination asks for, even where no machine is like that."""

Pins = dict[tuple[str, str], frozenset[str]]


def locked(path: Path, extras: Iterable[str], groups: Iterable[str] = ("main",)) -> Pins:
    """(name, version) -> hashes of each package in poetry.lock that these groups and extras install."""
    packages = tomllib.loads(path.read_text(encoding="utf-8"))["package"]
    return {
        (package["name"], package["version"]): frozenset(file["hash"] for file in package["files"])
        for package in packages
        if any(_belongs(package, group, extras) for group in groups)
    }


def _belongs(package: Mapping[str, Any], group: str, extras: Iterable[str]) -> bool:
    """Whether a group installs a package with these extras anywhere."""
    markers = package.get("markers", "")
    marker = markers.get(group, "") if isinstance(markers, dict) else markers
    if group not in package["groups"] or not marker:
        return group in package["groups"]
    parsed = Marker(marker)
    named = {name: values for name, values in ENVIRONMENTS.items() if name in marker}
    return any(
        parsed.evaluate({"extra": extra, **dict(zip(named, values, strict=True))})
        for extra, *values in product(("", *extras), *named.values())
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
        "requirements.txt": differences(locked(lock, EXTRAS, ("main", "dev")), exported(ROOT / "requirements.txt")),
        "requirements-scale.txt": differences(locked(lock, SCALE_EXTRAS), exported(ROOT / "requirements-scale.txt")),
        "deploy": image_differences(lock, ROOT / "deploy"),
    }
    for name, wrong in found.items():
        if wrong:
            print(f"{name} is out of step with poetry.lock ({', '.join(wrong[:5])}); run `make lock`")
    return any(found.values())


if __name__ == "__main__":
    sys.exit(main())
