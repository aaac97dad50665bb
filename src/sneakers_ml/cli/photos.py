"""PHOTO... arguments: files, folders and @lists to a list of files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from sneakers_ml.errors import UsageError

__all__ = ["expand"]

_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".heic", ".heif", ".avif", ".bmp"})


def expand(arguments: Iterable[str]) -> list[str]:
    """Files in the order given; a folder stands for the photos below it, sorted, `@list.txt` for the paths in it.

    A file that doesn't exist stays: it is answered with its reason like any other that cannot be read.

    Raises:
        UsageError: when a list cannot be read, or nothing is left to ask about.
    """
    files = [file for argument in arguments for file in _expand_one(argument)]
    if not files:
        raise UsageError("no photos: the folders and lists given hold none")
    return files


def _expand_one(argument: str) -> Iterator[str]:
    if argument.startswith("@"):
        for line in _lines(Path(argument[1:])):
            yield from _expand_path(line)
    else:
        yield from _expand_path(argument)


def _expand_path(name: str) -> Iterator[str]:
    path = Path(name)
    if not _is_folder(path):
        yield name
        return
    for file in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
        if file.suffix.lower() in _SUFFIXES and not hidden and file.is_file():
            yield str(file)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name too long, or a folder that may not be entered: the photo's answer will say so
        return False


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"@{path}: cannot be read ({error.strerror}); give a text file with a path a line") from None
    except UnicodeDecodeError:
        raise UsageError(f"@{path}: not a text file in UTF-8; give a path a line") from None
    return [line.strip() for line in text.splitlines() if line.strip()]
