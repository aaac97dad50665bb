"""Files and folders that are the old ones until they are wholly the new ones."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["replacing", "replacing_folder", "write_atomically"]


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path` when the block ends well; otherwise `path` stays as it was.

    The new content is written beside the target, so that the rename is atomic, and never left there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _beside(path)
    try:
        with temporary.open("xb") as file:
            yield file
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a whole file; `path` holds the old content or the new, never half of it."""
    with replacing(path) as file:
        file.write(content)


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """An empty folder that takes the place of `folder` when the block ends well; otherwise `folder` stays as it was."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary, old = _beside(folder), _beside(folder)
    temporary.mkdir()
    try:
        yield temporary
        _swap(folder, temporary, old)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _swap(folder: Path, new: Path, old: Path) -> None:
    """Move `folder`, if there is one, to `old` and `new` to `folder`; where the second fails, the first is undone."""
    existed = folder.exists()
    if existed:
        folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        if existed:
            old.rename(folder)
        raise


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
