"""ONNX Runtime sessions: the one place that opens a graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from sneakers_ml.errors import BundleError
from sneakers_ml.inference.external_data import has_external_data
from sneakers_ml.parallel import NoFork

__all__ = ["OPSET", "OnnxSession"]

OPSET = 18
"""Of the graphs that the project writes."""


class OnnxSession:
    """A graph on the CPU; `run` may be called from several threads at once, but not by a process that was forked since.

    Raises:
        BundleError: when the file is missing, is not a graph that this ONNX Runtime can run, or keeps weights in other
            files, whose content no hash vouches for.
    """

    def __init__(self, path: Path, *, threads: int = 0) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4  # what is wrong is in the error too
        options.add_session_config_entry("session.load_model_format", "ONNX")
        self._path = path
        try:
            external = has_external_data(path.read_bytes())
            if not external:
                self._session: Any = onnxruntime.InferenceSession(
                    str(path), options, providers=["CPUExecutionProvider"]
                )
                self._input: str = self._session.get_inputs()[0].name
        except Exception as error:  # noqa: BLE001 - ONNX Runtime's errors share no public base class
            reason = "no such file" if not path.exists() else _line(error)
            raise BundleError(f"{path}: cannot be loaded as an ONNX model ({reason}); rebuild it") from None
        if external:
            raise BundleError(f"{path}: keeps weights in other files, which are not read; export it in one file")
        self._outputs: list[str] = [output.name for output in self._session.get_outputs()]
        self._no_fork = NoFork(str(path))

    def run(self, rows: NDArray[np.float32] | NDArray[np.int64], output: int = -1) -> NDArray[np.float32]:
        """The graph's output (the last one unless told) for a batch of inputs.

        Raises:
            BundleError: when the graph cannot be run on them, or was loaded before a fork.
        """
        self._no_fork.check()
        try:
            result: NDArray[np.float32] = self._session.run([self._outputs[output]], {self._input: rows})[0]
        except Exception as error:  # noqa: BLE001 - as above
            raise BundleError(f"{self._path}: cannot be run ({_line(error)}); rebuild it") from None
        return result


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
