"""Which sources a folder of photos holds."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from sneakers_ml.catalogue.manifest import REQUIRED
from sneakers_ml.errors import UsageError

__all__ = ["find_sources"]


def find_sources(folder: Path) -> dict[str, Path]:
    """Name of each source -> what to import: every manifest CSV of the folder, or else the folder of brands itself.

    Raises:
        UsageError: when there is no such folder, or two manifests have names that give the same source.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder; without --source, give a folder of manifests or brands")
    manifests: dict[str, Path] = {}
    for path in sorted(folder.glob("[!.]*.csv")):
        if _is_manifest(path):
            other = manifests.setdefault(_slug(path.stem), path)
            if other != path:
                raise UsageError(f"{path}: would be the same source as {other.name}; rename one, or give --source")
    return manifests or {_slug(folder.resolve().name): folder}


def _is_manifest(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            return set(REQUIRED) <= {name.strip().casefold() for name in next(csv.reader(file), [])}
    except (OSError, csv.Error):  # a folder by that name, or no table at all
        return False


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", name.casefold()).strip("-") or "photos"
