"""Random choices that depend on a seed and on names alone, however the work is split among processes."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np

__all__ = ["pick", "rng_for"]


def rng_for(seed: int, *names: str | int) -> np.random.Generator:
    """A generator of its own for whatever has these names."""
    return np.random.default_rng([seed, *(n if isinstance(n, int) else zlib.crc32(n.encode()) for n in names)])


def pick(rng: np.random.Generator, options: Mapping[str, float]) -> str:
    """One of the keys, by the shares that are the values."""
    shares = np.array(list(options.values()))
    return str(list(options)[int(rng.choice(len(options), p=shares / shares.sum()))])
