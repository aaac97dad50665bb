"""Every registered vector store, as parameters of tests; `make test-scale` runs those that need an extra."""

from __future__ import annotations

import pytest

from sneakers_ml.index.vector_store import STORES

__all__ = ["every_store"]

_EXTRAS = {"milvus"}


def every_store(*left_out: str) -> list[object]:
    """Names of stores, each with its marks."""
    names = [name for name in STORES.names() if name not in left_out]
    return [pytest.param(name, marks=[pytest.mark.scale] * (name in _EXTRAS)) for name in names]
