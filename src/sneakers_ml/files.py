"""Files and folders written whole or not at all, their hashes, and small JSON files read as pydantic models."""

from __future__ import annotations

import fcntl
import glob
import hashlib
import os
import shutil
import stat
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, TypeVar

from pydantic import BaseModel, ValidationError

from sneakers_ml.errors import BundleError

__all__ = ["file_sha256", "files_below", "read_json", "replacing", "replacing_folder", "write_atomically"]

Model = TypeVar("Model", bound=BaseModel)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path` when the block ends well; otherwise `path` stays as it was.

    The new content is written beside the target, so that the rename is atomic, and never left there. A link stays: what
    it leads to is replaced. A device, pipe or socket stays too: the content is written to it when the block ends well.

    Raises:
        OSError: `path` cannot be written; it is the error's `filename`.
    """
    temporary = None
    inside = False
    try:
        target, streams = _place(path)
        if not streams:
            with suppress(FileExistsError):  # where it is no folder, opening says so
                target.parent.mkdir(parents=True, exist_ok=True)
            temporary = target.with_name(f".{uuid.uuid4().hex}.tmp")  # short: a name may be as long as there can be
        with temporary.open("xb") if temporary else TemporaryFile() as file:
            inside = True
            yield file
            inside = False
            if not temporary:
                file.seek(0)
                with target.open("wb") as stream:
                    shutil.copyfileobj(file, stream)
        if temporary:
            temporary.replace(target)
    except OSError as error:
        if error.errno is None or (inside and error.filename is not None):  # of something else that the block does
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        if temporary:
            with suppress(OSError):  # it was moved, or never came to be
                temporary.unlink()


def _place(path: Path) -> tuple[Path, bool]:
    """Where a path leads, and whether that is a device, pipe or socket rather than a file.

    A link to what nobody may write is replaced itself: so DVC links its cache into a workspace.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:  # a new file, or a link to one
        return Path(os.path.realpath(path)) if path.is_symlink() else path, False
    if not stat.S_ISREG(mode):
        return path, not stat.S_ISDIR(mode)
    writeable = mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    return Path(os.path.realpath(path)) if path.is_symlink() and writeable else path, False


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
            shutil.rmtree(old, ignore_errors=True)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


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


def files_below(folder: Path) -> list[Path]:
    """Every file below a folder that is not hidden, sorted; what is linked is followed, a folder once.

    A folder that cannot be looked into stands for itself, so that whoever opens it hears of it. A link to the folder
    itself or to one above it leads around and is left out.
    """
    found: list[Path] = []
    own, linked = [folder], list[Path]()
    entered = set(map(str, Path(os.path.realpath(folder)).parents))
    while own or linked:
        here = own.pop() if own else linked.pop(0)  # a link brings only what is in no folder of its own
        if (real := os.path.realpath(here)) in entered:
            continue
        entered.add(real)
        try:
            with os.scandir(here) as entries:
                inside = sorted((entry for entry in entries if not entry.name.startswith(".")), key=attrgetter("name"))
        except OSError:
            found.append(here)
            continue
        for entry in inside:
            if _is_folder(entry):
                (linked if entry.is_symlink() else own).append(here / entry.name)
            else:
                found.append(here / entry.name)
    return sorted(found)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # of a folder whose names may be listed and nothing more
        return False


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
