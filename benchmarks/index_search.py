"""Search time of the vector store: one query at a time, top 20, flat (float32) against fp16, and fp16's recall of flat.

    .venv/bin/python -m benchmarks.index_search --sizes 10000 --sizes 100000 --dims 1280 --dims 512

The vectors are drawn around centres, ten to a centre, as photos of a product lie; queries are drawn around the same
centres. Recall is the share of flat's twenty nearest that fp16 also returns.
"""

from __future__ import annotations

import time
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from benchmarks.common import calibrate, print_table, run
from sneakers_ml.features.extractor import unit_rows
from sneakers_ml.index.store import CODECS, FaissStore

_TOP = 20
_TO_A_CENTRE = 10
_SPREAD = 0.7  # of a vector around its centre; as long as 0.7 of the centre itself


def _draw(count: int, queries: int, dim: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(count, dim) unit vectors and (queries, dim) unit queries around shared centres."""
    generator = np.random.default_rng(seed)
    centres = generator.standard_normal((max(1, count // _TO_A_CENTRE), dim), np.float32)

    def around(which: NDArray[np.int64]) -> NDArray[np.float32]:
        return unit_rows(centres[which] + _SPREAD * generator.standard_normal((len(which), dim), np.float32))

    return around(np.arange(count) % len(centres)), around(generator.integers(len(centres), size=queries))


def _search(store: FaissStore, queries: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Milliseconds and ids of each query, asked alone."""
    taken, found = np.empty(len(queries)), np.empty((len(queries), _TOP), np.int64)
    for number, query in enumerate(queries):
        started = time.perf_counter()
        _, ids = store.search(query[None], _TOP)
        taken[number] = (time.perf_counter() - started) * 1e3
        found[number] = ids[0]
    return taken, found


def _measure(size: int, dim: int, queries: int, seed: int) -> list[tuple[object, ...]]:
    vectors, asked = _draw(size, queries, dim, seed)
    results = {}
    for codec in CODECS:
        store = FaissStore.create(dim, codec)
        store.add(np.arange(size), vectors)
        _search(store, asked[:5])
        results[codec] = _search(store, asked)
        del store
    flat_ids, base = results["flat"][1], np.median(results["flat"][0])
    rows: list[tuple[object, ...]] = []
    for codec, (taken, ids) in results.items():
        recall = np.mean([len(np.intersect1d(*pair)) / _TOP for pair in zip(ids, flat_ids, strict=True)])
        p50, p95 = np.median(taken), np.quantile(taken, 0.95)
        rows.append((f"{size:,}", dim, codec, f"{p50:.2f}", f"{p95:.2f}", f"{base / p50:.1f}", f"{recall:.4f}"))
    return rows


def main(
    sizes: Annotated[list[int] | None, typer.Option(help="Numbers of vectors.")] = None,
    dims: Annotated[list[int] | None, typer.Option(help="Lengths of a vector.")] = None,
    queries: int = 200,
    seed: int = 20,
) -> None:
    """Print search times and recall."""
    calibrate()
    rows = [
        row
        for dim in dims or [1280, 512]
        for size in sizes or [10_000, 100_000]
        for row in _measure(size, dim, queries, seed)
    ]
    print_table(["vectors", "dim", "codec", "p50 ms", "p95 ms", "times flat", f"recall@{_TOP} of flat"], rows)
    calibrate()


if __name__ == "__main__":
    run(main)
