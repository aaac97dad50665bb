"""Search time of the vector store: one query at a time, top 20, flat (float32) against fp16, and fp16's recall of flat.

    .venv/bin/python -m benchmarks.index_search --sizes 10000 --sizes 100000 --dims 1280 --dims 512

The vectors are drawn around centres, ten to a centre, as photos of a product lie; queries are drawn around the same
centres. Recall is the share of flat's twenty nearest that fp16 also returns.
"""

from __future__ import annotations

import time
from itertools import product
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from benchmarks.common import calibrate, print_table, run
from sneakers_ml.index.faiss_store import CODECS, FaissStore
from sneakers_ml.vectors import unit_rows

_TOP = 20
_TO_A_CENTRE = 10
_SPREAD = 0.7  # of a vector around its centre; as long as 0.7 of the centre itself


def _search(store: FaissStore, queries: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Milliseconds and ids of each query, asked alone."""
    taken, found = np.empty(len(queries)), np.empty((len(queries), _TOP), np.int64)
    for number, query in enumerate(queries):
        started = time.perf_counter()
        _, ids = store.search(query[None], _TOP)
        taken[number] = (time.perf_counter() - started) * 1e3
        found[number] = ids[0]
    return taken, found


def main(
    sizes: Annotated[list[int] | None, typer.Option(help="Numbers of vectors. Default: 10000, 100000.")] = None,
    dims: Annotated[list[int] | None, typer.Option(help="Lengths of a vector. Default: 1280, 512.")] = None,
    queries: int = 200,
    seed: int = 20,
) -> None:
    """Print search times and recall."""
    calibrate()
    rows = []
    for dim, size in product(dims or [1280, 512], sizes or [10_000, 100_000]):
        generator = np.random.default_rng(seed)
        centres = generator.standard_normal((max(1, size // _TO_A_CENTRE), dim), np.float32)
        places = np.concatenate([np.arange(size) % len(centres), generator.integers(len(centres), size=queries)])
        drawn = unit_rows(centres[places] + _SPREAD * generator.standard_normal((len(places), dim), np.float32))
        results = {}
        for codec in CODECS:
            store = FaissStore.create(dim, codec)
            store.add(np.arange(size), drawn[:size])
            _search(store, drawn[size:][:5])
            results[codec] = _search(store, drawn[size:])
            del store
        flat_taken, flat_ids = results["flat"]
        for codec, (taken, ids) in results.items():
            recall = np.mean([len(np.intersect1d(*pair)) / _TOP for pair in zip(ids, flat_ids, strict=True)])
            p50, p95 = np.quantile(taken, (0.5, 0.95))
            figures = (f"{p50:.2f}", f"{p95:.2f}", f"{np.median(flat_taken) / p50:.1f}", f"{recall:.4f}")
            rows.append((f"{size:,}", dim, codec, *figures))
    print_table(["vectors", "dim", "codec", "p50 ms", "p95 ms", "times flat", f"recall@{_TOP} of flat"], rows)
    calibrate()


if __name__ == "__main__":
    run(main)
