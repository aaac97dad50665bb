"""Write what the image needs beside poetry.lock, with hashes: OpenCV without windows, and the build backend."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MACHINES = ("x86_64", "aarch64")


def pinned(requirement: str) -> str:
    """The newest version that pip finds for a requirement, as a line of a requirements file with its wheels' hashes."""
    pins, hashes = set(), set()
    for machine in MACHINES:
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.json"
            platform = ["--python-version", "3.11", "--platform", f"manylinux_2_28_{machine}"]
            where = ["--only-binary", ":all:", "--no-deps", "--target", folder, "--report", str(report)]
            subprocess.run(
                [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", *platform, *where, requirement],
                check=True,
            )
            (found,) = json.loads(report.read_text(encoding="utf-8"))["install"]
        pins.add(f"{found['metadata']['name']}=={found['metadata']['version']}")
        hashes.add(found["download_info"]["archive_info"]["hashes"]["sha256"])
    (pin,) = pins
    return " \\\n".join([pin, *(f"    --hash=sha256:{value}" for value in sorted(hashes))]) + "\n"


def main() -> None:
    """The version of OpenCV is that of poetry.lock, the build backend the newest that pyproject.toml allows."""
    packages = tomllib.loads((ROOT / "poetry.lock").read_text(encoding="utf-8"))["package"]
    opencv = next(package["version"] for package in packages if package["name"] == "opencv-python")
    (backend,) = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    (ROOT / "deploy/opencv.txt").write_text(pinned(f"opencv-python-headless=={opencv}"), encoding="utf-8")
    (ROOT / "deploy/build.txt").write_text(pinned(backend), encoding="utf-8")


if __name__ == "__main__":
    main()
