"""Files and folders written whole or not at all, their hashes, and small JSON files read as pydantic models."""

from __future__ import annotations

import fcntl
import glob
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TypeVar

from pydantic import BaseModel, ValidationError

from sneakers_ml.errors import BundleError

__all__ = ["file_sha256", "read_json", "replacing", "replacing_folder", "write_atomically"]

Model = TypeVar("Model", bound=BaseModel)


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
    """An empty folder that takes the place of `folder` when the block ends well; otherwise `folder` stays as it was.

    What killed runs left beside it is cleared away, or put back where they had moved `folder` away.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary, old = _beside(folder), _beside(folder, "old")
    with ExitStack() as held:
        with _locked(folder.parent):
            _clear_up(folder)
            temporary.mkdir()
            held.enter_context(_locked(temporary))
        try:
            yield temporary
            with _locked(folder.parent):
                if existed := folder.exists():
                    folder.rename(old)
                try:
                    temporary.rename(folder)
                except OSError:
                    if existed:
                        old.rename(folder)
                    raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)


def _beside(path: Path, kind: str = "tmp") -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex}.{kind}")


def _clear_up(folder: Path) -> None:
    """Finish what killed runs began; a run that is alive holds the lock of its own temporary folder."""
    beside = f".{glob.escape(folder.name)}.*"
    for old in folder.parent.glob(f"{beside}.old"):
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(folder)
    for temporary in folder.parent.glob(f"{beside}.tmp"):
        with suppress(OSError), _locked(temporary, at_once=True):
            shutil.rmtree(temporary)


@contextmanager
def _locked(folder: Path, *, at_once: bool = False) -> Iterator[None]:
    """Hold the lock of a folder, which ends with the process; some file systems know none.

    Raises:
        OSError: when it should be held at once and cannot.
    """
    opened = os.open(folder, os.O_RDONLY)
    try:
        with suppress(*(() if at_once else (OSError,))):
            fcntl.flock(opened, fcntl.LOCK_EX | (fcntl.LOCK_NB if at_once else 0))
        yield
    finally:
        os.close(opened)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_json(path: Path, model: type[Model], command: str) -> Model:
    """Read a JSON file that describes what lies beside it as a pydantic model.

    Raises:
        BundleError: when it is missing or doesn't fit; the message names the command that makes it.
    """
    try:
        return model.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise BundleError(f"{path}: missing; run `{command}`") from None
    except (OSError, ValidationError):
        raise BundleError(f"{path}: damaged; run `{command}`") from None
