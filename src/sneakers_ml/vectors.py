"""Rows of vectors, and arrays in files."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import BundleError

__all__ = ["UNREADABLE", "open_arrays", "softmax", "unit_rows"]

UNREADABLE = (OSError, ValueError, TypeError, EOFError, MemoryError, SyntaxError, TokenError)
"""What numpy raises where it reads a damaged array; its header is read as Python's literals are."""


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows scaled to unit length; a zero row stays zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, np.finfo(np.float32).tiny), np.float32)


def softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n, c) probabilities of (n, c) logits, each row for itself."""
    rows = np.asarray(logits, np.float64)
    weights = np.exp(rows - rows.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


@contextmanager
def open_arrays(path: Path, command: str) -> Iterator[Mapping[str, NDArray[Any]]]:
    """The arrays of an .npz by name, each read when it is asked for; nothing in the file is executed.

    Raises:
        BundleError: when the file is missing or damaged, or what the block makes of it fails for a missing or misshapen
            array; the message names the command that makes it.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            yield arrays
    except (*UNREADABLE, KeyError, AttributeError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        raise BundleError(f"{path}: missing or damaged; run `{command}`") from None
