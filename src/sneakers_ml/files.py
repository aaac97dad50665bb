"""Files and folders written whole or not at all, their hashes, and small JSON files read as pydantic models."""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
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
    """An empty folder that takes the place of `folder` when the block ends well; otherwise `folder` stays as it was."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary, old = _beside(folder), _beside(folder)
    temporary.mkdir()
    try:
        yield temporary
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


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")


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
