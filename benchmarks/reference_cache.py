"""Results of a long benchmark kept as it goes: a run that was broken off goes on where it stood."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.files import write_atomically

__all__ = ["Cache"]


class Cache:
    """A folder of arrays and JSON values by name, for one set of inputs; timings are kept with what they timed.

    Args:
        folder: of the caches of any inputs.
        inputs: what the results depend on; other inputs are another folder within.
    """

    def __init__(self, folder: Path, inputs: object) -> None:
        self.folder = folder / hashlib.sha256(json.dumps(inputs).encode()).hexdigest()[:12]

    def array(self, name: str, make: Callable[[], NDArray[np.floating]]) -> NDArray[np.floating]:
        """The array of that name, made when it is not there."""
        path = self.folder / f"{name}.npy"
        if not path.exists():
            content = io.BytesIO()
            np.save(content, make())
            write_atomically(path, content.getvalue())
        return np.asarray(np.load(path, allow_pickle=False))

    def value(self, name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The JSON object of that name, made when it is not there."""
        path = self.folder / f"{name}.json"
        if not path.exists():
            write_atomically(path, (json.dumps(make()) + "\n").encode())
        value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return value
