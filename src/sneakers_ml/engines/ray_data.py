"""The engine `ray`: actors of Ray Data, on a cluster or on this machine's cores (docs.ray.io, "Ray Data").

All machines of a cluster need this package and the workspace at the same path, on a disk that they share.
"""

from __future__ import annotations

import logging
import os
import pickle
import socket
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import pyarrow as pa
from pydantic import Field

from sneakers_ml.engine import ENGINES
from sneakers_ml.errors import DataError, UsageError
from sneakers_ml.registry import Section

__all__ = ["RayEngine", "RayParams"]

Item = TypeVar("Item")
Result = TypeVar("Result")

_PATIENCE = 10.0
"""Seconds that the head of a cluster may take to answer at all."""
_SETTINGS = b"\x04"
"""Type of the frame that both sides of HTTP/2, over which gRPC is spoken, begin with (RFC 9113, 3.4 and 6.5)."""
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00" + _SETTINGS + b"\x00\x00\x00\x00\x00"


class RayParams(Section):
    """A cluster that runs already, or one of this machine's cores that is started for the run, heard by nobody else."""

    address: str | None = Field(None, description="Of a cluster's head: host:port, or auto; None: started here")
    object_store_mb: int = Field(128, ge=80, description="Shared memory of a cluster that is started here")


@ENGINES.register("ray", RayParams)
class RayEngine:
    """One actor a core, each with one item at a time and the next one waiting: to hand over an item takes Ray 0.2 s.

    What it holds in memory is items and results, so functions should write what is large to the disk. An actor that
    dies is started again where there is room, and its item with it.
    """

    def __init__(self, params: RayParams) -> None:
        """An engine that starts nothing yet.

        Raises:
            ModuleNotFoundError: when ray is not installed.
        """
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
        if params.address is None:  # one of a single machine listens on the loopback only
            os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
        import ray  # noqa: F401 - the environment is read when it is imported

        self._params = params

    def map(self, make: Callable[[], Callable[[Item], Result]], items: Sequence[Item]) -> Iterator[Result]:
        """As `Engine.map`."""
        import ray.data

        if not items:
            return
        with self._cluster():
            rows = [{"item": pickle.dumps(item)} for item in items]
            resources: Callable[[], dict[str, float]] = ray.cluster_resources  # which has no types of its own
            cores = max(1, int(resources().get("CPU", 1)))
            results = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
                _Actor,
                fn_constructor_args=[pickle.dumps(make)],
                batch_size=1,
                batch_format="pyarrow",
                compute=ray.data.ActorPoolStrategy(size=min(cores, len(rows)), max_tasks_in_flight_per_actor=2),
                num_cpus=1,
            )
            try:
                for row in results.iter_rows():
                    result = pickle.loads(row["result"])  # noqa: S301 - of our own actors
                    if isinstance(result, _Failure):
                        raise result.error
                    yield result
            except ray.exceptions.RayError as error:
                reason = " ".join(str(error).split())[:200]
                raise DataError(f"engine ray: the cluster failed ({reason}); run the command again to go on") from None

    @contextmanager
    def _cluster(self) -> Iterator[None]:
        """Within it this process belongs to the cluster.

        Raises:
            UsageError: when the address is none.
            DataError: when no cluster answers there.
        """
        import ray

        logging.getLogger("ray.data").setLevel(logging.ERROR)
        ray.data.DataContext.get_current().enable_progress_bars = False
        if ray.is_initialized():  # whoever did that ends it
            yield
            return
        address = self._params.address
        options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
        if address is None:
            options |= {"include_dashboard": False, "object_store_memory": self._params.object_store_mb * 2**20}
        try:
            if address not in (None, "auto"):
                _require_cluster(address)
            with _silence():
                ray.init(address or "local", **options)
        except (ValueError, OverflowError):
            if address is None:
                raise
            raise UsageError(f"--address {address}: no address; give host:port of a cluster's head, or auto") from None
        except Exception as error:  # noqa: BLE001 - of which Ray raises the bare class when a node starts too slowly
            reason = " ".join(str(error).split())[:200]
            if address is None:
                raise DataError(
                    f"engine ray: no cluster can be started here ({reason}); run the command again"
                ) from None
            missing = f"no cluster answers at {address} ({reason})"
            raise DataError(f"engine ray: {missing}; start one with `ray start --head`") from None
        try:
            yield
        finally:
            ray.shutdown()


@contextmanager
def _silence() -> Iterator[None]:
    """Nothing is written on standard error, not even by libraries that aren't Python: Ray says there how it logs."""
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def _require_cluster(address: str) -> None:
    """Find out in seconds whether gRPC is spoken at host:port: Ray tries for minutes, then ends the process.

    Raises:
        OSError: it is not.
        ValueError: that is no host:port.
    """
    host, _, port = address.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE) as connection:
        if os.environ.get("RAY_USE_TLS", "0") == "0":
            connection.sendall(_PREFACE)
            answer = connection.recv(9)
            if answer[3:4] != _SETTINGS:
                raise ConnectionError("something else listens there")


class _Failure:
    """An error of the function, on its way to where the result is awaited."""

    def __init__(self, error: Exception) -> None:
        self.error = error


class _Actor:
    """The function in a worker of its own, made when the first item comes, so that its errors are told alike."""

    def __init__(self, make: bytes) -> None:
        self._make = make
        self._function: Callable[[Any], Any] | None = None

    def __call__(self, batch: pa.Table) -> pa.Table:
        return pa.table({"result": [pickle.dumps(self._result(item)) for item in batch["item"].to_pylist()]})

    def _result(self, item: bytes) -> Any:
        try:
            if self._function is None:
                self._function = pickle.loads(self._make)()  # noqa: S301 - of our own driver
            return self._function(pickle.loads(item))  # noqa: S301
        except Exception as error:  # noqa: BLE001 - whatever it is, the driver raises it
            error.add_note(traceback.format_exc())
            return _Failure(error)
