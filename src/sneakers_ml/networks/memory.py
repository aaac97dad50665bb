"""Memory that is freed and asked for again with each step."""

from __future__ import annotations

import ctypes
import platform

__all__ = ["keep_freed_memory"]

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3  # of mallopt(3)
_LARGEST = 2**31 - 1
_PAD = 512 * 2**20


def keep_freed_memory() -> None:
    """Have this process keep what it frees, where glibc gives it memory.

    glibc hands large blocks back to the system as soon as they are freed, and the system fills them with zeros, page by
    page, when they are asked for again. Without that a training step takes 0.7 of the time; benchmarks/training_step.py
    shows it.
    """
    if platform.libc_ver()[0] == "glibc":
        library = ctypes.CDLL(None)
        for parameter, value in ((_MMAP_THRESHOLD, _LARGEST), (_TRIM_THRESHOLD, _LARGEST), (_TOP_PAD, _PAD)):
            library.mallopt(parameter, value)
