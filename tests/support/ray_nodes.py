"""Two Ray nodes of one core each on this machine, held by a process of their own.

`python -m tests.support.ray_nodes` prints JSON, `address` and the process ids `raylets`, the head's first, and ends
them when its standard input does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

__all__ = ["RayNodes", "ray_nodes"]


@dataclass(frozen=True)
class RayNodes:
    """Where the cluster is, the process that holds it, and that of each node; killed, its workers end with it."""

    address: str
    raylets: list[int]
    holder: int


@contextmanager
def ray_nodes() -> Iterator[RayNodes]:
    """The nodes, for as long as the block runs."""
    command = [sys.executable, "-m", "tests.support.ray_nodes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield RayNodes(**json.loads(process.stdout.readline()), holder=process.pid)
        finally:
            process.stdin.close()


def main() -> None:
    """The process."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_worker_niceness"] = "0"  # noqa: SIM112 - of 15 otherwise: all other work would go before
    from ray.cluster_utils import Cluster

    size = {"num_cpus": 1, "object_store_memory": 80 * 2**20}
    cluster = Cluster(initialize_head=True, head_node_args={**size, "include_dashboard": False})
    nodes = [cluster.head_node, cluster.add_node(**size)]
    raylets = [node.all_processes["raylet"][0].process.pid for node in nodes]
    sys.stdout.write(json.dumps({"address": cluster.address, "raylets": raylets}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    cluster.shutdown()


if __name__ == "__main__":
    main()
