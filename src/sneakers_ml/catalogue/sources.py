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
        UsageError: when there is no such folder.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder; without --source, give a folder of manifests or brands")
    manifests = {_slug(path.stem): path for path in sorted(folder.glob("*.csv")) if _is_manifest(path)}
    return manifests or {_slug(folder.resolve().name): folder}


def _is_manifest(path: Path) -> bool:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return set(REQUIRED) <= set(next(csv.reader(file), []))


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", name.casefold()).strip("-") or "photos"
