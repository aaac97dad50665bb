"""Every vector store side by side: recall of exact search, time of one query at a time, of a build, and memory.

    .venv/bin/python -m benchmarks.index_search --sizes 100000 --sizes 1000000
    .venv/bin/python -m benchmarks.index_search --sizes 100000 --features data/features/tuned_efficientnet_lite0.npy

Vectors and queries are, with `--features`, rows of that file repeated with noise, 0.3 as long as the row itself;
without, drawn around centres, ten to a centre, as photos of a product lie; and with `--random`, drawn without any
order, which no index can make use of. Longer rows are first reduced as `sneakers index` does.

Truth is an exhaustive search by numpy. Each store runs in a process of its own, built in blocks and opened from its
files; `peak MiB` is of its build, of its searches and of an update, beyond what a process has before. The update, last,
puts one vector of a hundred in place of another, as `sneakers index --update` does. Filters leave a half, a tenth
and a hundredth of the products; the first answer with a filter waits until its photos are known. `equal` is the share
of queries whose ten are those of `faiss flat`, the first, whatever their order.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from benchmarks.common import calibrate, in_own_process, peak_mib, print_table, run
from sneakers_ml.embedding.store import load_features
from sneakers_ml.errors import UsageError
from sneakers_ml.index.filters import EVERYTHING, Facts, ProductFilter
from sneakers_ml.index.gallery import Gallery, vector_id
from sneakers_ml.index.vector_store import STORES, Place, open_store
from sneakers_ml.vectors import unit_rows

_TOP = 10
_BLOCK = 16_384
_TO_A_CENTRE = 10
_SPREAD = 0.7  # of a vector around its centre; as long as 0.7 of the centre itself
_NOISE = 0.3
_PHOTOS = 4  # of a product
_BRANDS = 100
_SHOPS = {"half": 2, "tenth": 10}  # that sell each so manyth product
_FILTERS = {
    "a shop with half": ProductFilter(shop="half"),
    "a shop with a tenth": ProductFilter(shop="tenth"),
    "a brand, a hundredth": ProductFilter(brand="7"),
}
_STORES = (  # label, store, codec
    ("faiss flat", "faiss", "flat"),
    ("faiss fp16", "faiss", "fp16"),
    ("faiss_ivf", "faiss_ivf", "fp16"),
    ("milvus", "milvus", "fp16"),
)
_GOALS = {100_000: (1.0, 0.99), 1_000_000: (5.0, 0.98)}  # ms of the median, recall

Rows = NDArray[np.float32]


def _drawn(kind: str, features: Path | None, size: int, queries: int, dim: int, seed: int) -> Iterator[Rows]:
    """Blocks of `size` unit rows, then the queries; the same for the same seed."""
    generator = np.random.default_rng(seed)
    base, noise = None, 1.0
    if kind == "clusters":
        base, noise = generator.standard_normal((max(1, size // _TO_A_CENTRE), dim), np.float32), _SPREAD
    elif kind == "real" and features:
        base, noise = unit_rows(_searched(features, dim, seed)), _NOISE / np.sqrt(dim)
    for start in [*range(0, size, _BLOCK), size]:
        count = queries if start == size else min(_BLOCK, size - start)
        rows = noise * generator.standard_normal((count, dim), np.float32)
        if base is not None:
            rows += base[generator.integers(len(base), size=count)]
        yield unit_rows(rows.astype(np.float32))


def _searched(features: Path, dim: int, seed: int) -> Rows:
    """Unit rows of `dim` numbers: what is searched of an extractor's vectors, reduced where that is longer."""
    stored = load_features(features.parent, features.stem)
    rows = stored.search_rows()
    if rows.shape[1] < dim:
        raise UsageError(f"{features}: {rows.shape[1]} numbers are searched; ask for so many with --dim")
    if rows.shape[1] == dim:
        return rows
    axes = np.linalg.svd(rows, full_matrices=False)[2][:dim].T
    turn = np.linalg.qr(np.random.default_rng(seed).standard_normal((dim, dim)))[0]
    return np.asarray(rows @ axes @ turn, np.float32)


def _photo(number: int) -> str:
    """An id as photos have, spread over all of them."""
    return f"{(number * 0x9E3779B97F4A7C15) % 2**64:016x}{number:024x}"


def _passes(product: str, where: ProductFilter) -> bool:
    if where.brand is not None and int(product) % _BRANDS != int(where.brand):
        return False
    return where.shop is None or int(product) % _SHOPS[where.shop] == 0


def _facts(product: int) -> Facts:
    shops = tuple(name for name, every in _SHOPS.items() if product % every == 0)
    return Facts(str(product), str(product % _BRANDS), (), shops, 10.0, 10.0)


def _build(
    name: str, codec: str, folder: Path, drawn: tuple[Any, ...], settings: dict[str, Any]
) -> tuple[float, float]:
    """Seconds and MiB that a build takes."""
    before, size, dim = peak_mib(), drawn[2], drawn[4]
    started, kind = time.perf_counter(), STORES[name]
    taken = 0.0

    def sample(count: int) -> Rows:  # spread over all, as the stage `index` draws it
        share = max(1, -(-size // count))
        return np.concatenate([rows[::share] for rows in _drawn(*drawn)][:-1])[:count]

    place = Place(folder, dim, codec, STORES.settings(name, {name: settings}))
    store, number = kind.create(place, size, sample), 0
    for rows in _drawn(*drawn):
        if number < size:
            numbers = range(number, number + len(rows))
            ids = np.array([vector_id(_photo(each)) for each in numbers], np.int64)
            store.add(ids, rows, [_facts(each // _PHOTOS) for each in numbers] if kind.shared else None)
            number += len(rows)
    store.save(folder / kind.files[0])
    taken = time.perf_counter() - started
    return taken, peak_mib() - before


def _search(name: str, codec: str, folder: Path, drawn: tuple[Any, ...], settings: dict[str, Any]) -> dict[str, Any]:
    """What searches take and find; those with filters by the gallery, as serving asks."""
    queries = list(_drawn(*drawn))[-1] if drawn[2] <= _BLOCK else _last(drawn)
    before, size, dim = peak_mib(), drawn[2], drawn[4]
    started = time.perf_counter()
    store = open_store(name, folder, dim, size, codec, settings)
    opened = time.perf_counter() - started
    for query in queries[:5]:
        store.search(query[None], _TOP)
    taken, found = np.empty(len(queries)), np.empty((len(queries), _TOP), np.int64)
    for number, query in enumerate(queries):
        started = time.perf_counter()
        found[number] = store.search(query[None], _TOP)[1][0]
        taken[number] = (time.perf_counter() - started) * 1e3
    result: dict[str, Any] = {
        "opened": opened,
        "peak": peak_mib() - before,
        "taken": taken,
        "found": found,
        "filters": {},
    }
    gallery = Gallery(store, {_photo(number): str(number // _PHOTOS) for number in range(size)})
    for label, where in _FILTERS.items():
        times, hits = np.empty(len(queries)), []
        for number, query in enumerate(queries):
            started = time.perf_counter()
            hits.append(
                [hit.product_id for hit in gallery.search(query, _TOP, partial(_passes, where=where), where=where)]
            )
            times[number] = (time.perf_counter() - started) * 1e3
        result["filters"][label] = times, hits
    return result


def _update(
    name: str, codec: str, folder: Path, drawn: tuple[Any, ...], settings: dict[str, Any]
) -> tuple[float, float]:
    """Seconds and MiB that it takes to open a store, put new vectors in the place of a hundredth, and save it."""
    kind, features, size, queries, dim, seed = drawn
    coming = list(_drawn(kind, features, size // 100, queries, dim, seed + 1))[:-1]
    numbers = range(size, size + size // 100)
    ids = np.array([vector_id(_photo(each)) for each in numbers], np.int64)
    facts = [_facts(each // _PHOTOS) for each in numbers]
    gone = np.array([vector_id(_photo(each)) for each in range(0, size, 100)], np.int64)
    before, started = peak_mib(), time.perf_counter()
    store = open_store(name, folder, dim, size, codec, settings)
    store.add(ids, np.concatenate(coming), facts)
    store.remove(gone)
    newer = folder.with_name("newer")
    newer.mkdir()
    store.save(newer / STORES[name].files[0])
    return time.perf_counter() - started, peak_mib() - before


def _last(drawn: tuple[Any, ...]) -> Rows:
    for rows in _drawn(*drawn):
        last = rows
    return last


def _truth(drawn: tuple[Any, ...]) -> tuple[NDArray[np.int64], dict[str, list[list[str]]]]:
    """Ids of the ten nearest of each query, and the ten nearest products that pass each filter, by numpy."""
    queries, size = _last(drawn), drawn[2]
    numbers = {label: np.empty((len(queries), 0), np.int64) for label in ("", *_FILTERS)}
    scores = {label: np.empty((len(queries), 0), np.float32) for label in numbers}
    start = 0
    for rows in _drawn(*drawn):
        if start == size:
            break
        here = np.arange(start, start + len(rows))
        similar = queries @ rows.T
        for label, kept in numbers.items():
            where = _FILTERS.get(label, EVERYTHING)
            mask = np.array([_passes(str(product), where) for product in here // _PHOTOS])
            both = np.hstack([scores[label], similar[:, mask]])
            names = np.hstack([kept, np.broadcast_to(here[mask], (len(queries), mask.sum()))])
            best = np.argsort(-both, axis=1, kind="stable")[:, : _TOP * _PHOTOS]
            numbers[label], scores[label] = (np.take_along_axis(each, best, axis=1) for each in (names, both))
        start += len(rows)
    ids = np.array([[vector_id(_photo(each)) for each in row[:_TOP]] for row in numbers[""].tolist()], np.int64)
    products = {
        label: [list(dict.fromkeys(str(each // _PHOTOS) for each in row))[:_TOP] for row in numbers[label].tolist()]
        for label in _FILTERS
    }
    return ids, products


def main(
    sizes: Annotated[list[int] | None, typer.Option(help="Numbers of vectors. Default: 100000.")] = None,
    stores: Annotated[list[str] | None, typer.Option(help="Default: all that are installed.")] = None,
    features: Annotated[Path | None, typer.Option(help="An .npy of rows to repeat with noise.")] = None,
    random: Annotated[bool, typer.Option(help="Vectors without any order too.")] = True,
    dim: Annotated[int, typer.Option(help="Numbers of a vector.")] = 256,
    probes: Annotated[int, typer.Option(help="Lists that faiss_ivf reads.")] = 32,
    milvus_index: Annotated[str, typer.Option(help="FLAT or HNSW.")] = "FLAT",
    queries: int = 200,
    seed: int = 20,
) -> None:
    """Print, for each store, time, memory and recall, and whether it reaches the goals."""
    calibrate()
    names = stores or [name for name in sorted(STORES.names()) if name != "milvus" or find_spec("pymilvus")]
    plain, filtered = [], []
    for size, kind in product(
        sizes or [100_000], ["real" if features else "clusters", *(["random"] if random else [])]
    ):
        drawn = (kind, features, size, queries, dim, seed)
        truth, products = _truth(drawn)
        first = None
        for label, name, codec in (each for each in _STORES if each[1] in names):
            settings = {"faiss_ivf": {"probes": probes}, "milvus": {"index": milvus_index}}.get(name, {})
            with tempfile.TemporaryDirectory() as temporary:
                folder = Path(temporary) / "models" / "index"
                folder.mkdir(parents=True)
                seconds, memory = in_own_process(_build, name, codec, folder, drawn, settings)
                files = [file for file in Path(temporary).rglob("*") if file.is_file()]
                megabytes = sum(file.stat().st_size for file in files) / 1e6
                result = in_own_process(_search, name, codec, folder, drawn, settings)
                update, most = in_own_process(_update, name, codec, folder, drawn, settings)
            found, first = result["found"], result["found"] if first is None else first
            recall = np.mean([len(np.intersect1d(*pair)) / _TOP for pair in zip(found, truth, strict=True)])
            equal = np.mean([set(one) == set(other) for one, other in zip(found.tolist(), first.tolist(), strict=True)])
            p50, p99 = np.quantile(result["taken"], (0.5, 0.99))
            goal = _GOALS.get(size)
            reached = "" if goal is None else "yes" if p50 <= goal[0] and recall >= goal[1] else "missed"
            cells = (
                f"{seconds:.0f}",
                f"{memory:.0f}",
                f"{megabytes:.0f}",
                f"{result['opened']:.1f}",
                f"{result['peak']:.0f}",
                f"{update:.1f}",
                f"{most:.0f}",
            )
            figures = f"{p50:.2f}", f"{p99:.2f}", f"{recall:.4f}", f"{equal:.3f}", reached
            plain.append((f"{size:,} {kind}", label, *cells, *figures))
            print(*plain[-1], flush=True)
            for only, (taken, hits) in result["filters"].items():
                pairs = zip(hits, products[only], strict=True)
                recall = np.mean([len(set(one) & set(other)) / max(1, len(other)) for one, other in pairs])
                p50, p99 = np.quantile(taken[1:], (0.5, 0.99))
                times = f"{taken[0]:.0f}", f"{p50:.2f}", f"{p99:.2f}"
                filtered.append((f"{size:,} {kind}", label, only, *times, f"{recall:.4f}"))
    print_table(
        [
            "vectors",
            "store",
            "build s",
            "peak MiB",
            "MB on disk",
            "open s",
            "peak MiB",
            "update s",
            "peak MiB",
            "p50 ms",
            "p99 ms",
            f"recall@{_TOP}",
            "equal",
            "goal",
        ],
        plain,
    )
    print_table(["vectors", "store", "filter", "first ms", "p50 ms", "p99 ms", f"recall@{_TOP} of products"], filtered)
    calibrate()


if __name__ == "__main__":
    run(main)
