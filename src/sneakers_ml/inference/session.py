"""ONNX Runtime sessions: the one place that opens a graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from sneakers_ml.errors import BundleError

__all__ = ["OPSET", "OnnxSession"]

OPSET = 18
"""Of the graphs that the project writes."""


class OnnxSession:
    """A graph on the CPU; `run` may be called from several threads at once.

    Raises:
        BundleError: when the file is missing or is not a graph that this ONNX Runtime can run.
    """

    def __init__(self, path: Path, *, threads: int = 0) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            self._session: Any = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # noqa: BLE001 - ONNX Runtime's errors share no public base class
            reason = "no such file" if not path.exists() else " ".join(str(error).split())[:200]
            raise BundleError(f"{path}: cannot be loaded as an ONNX model ({reason}); rebuild it") from None
        self._input: str = self._session.get_inputs()[0].name
        self._outputs: list[str] = [output.name for output in self._session.get_outputs()]

    def run(self, rows: NDArray[np.float32] | NDArray[np.int64], output: int = -1) -> NDArray[np.float32]:
        """The graph's output (the last one unless told) for a batch of inputs."""
        result: NDArray[np.float32] = self._session.run([self._outputs[output]], {self._input: rows})[0]
        return result
