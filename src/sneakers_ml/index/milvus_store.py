"""Vectors in Milvus: embedded on one machine, or a cluster that many bots ask (https://milvus.io/docs)."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sneakers_ml.errors import BundleError, DataError, UsageError
from sneakers_ml.files import write_atomically
from sneakers_ml.index.filters import Facts, ProductFilter
from sneakers_ml.index.vector_store import STORES, Place, Sample, SharedStore, check_rows, nothing_found
from sneakers_ml.parallel import NoFork
from sneakers_ml.registry import Section
from sneakers_ml.workspace.settings import load_settings

if TYPE_CHECKING:
    from pymilvus import MilvusClient

__all__ = ["Milvus", "MilvusSettings", "MilvusStore"]

_POINTER = "index.milvus"
_DATABASE = "milvus.db"
_ROWS = 2000  # of a call; a message of gRPC holds 64 MB
_MOST = 16_384  # results of a search, as Milvus allows
_TEXT = 65_535  # bytes of a VARCHAR
_PATIENCE = 20.0  # seconds for an answer; the library tries again for a minute and longer


class MilvusSettings(Section):
    """Of a collection; address and token are MILVUS_URI and MILVUS_TOKEN of the environment.

    Where there is no MILVUS_URI, Milvus is embedded (milvus-lite) and keeps models/milvus.db, which one process at a
    time can open. `FLAT` is exact; `HNSW` is for millions of photos.
    """

    collection: str = Field("sneakers", pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$", description="How names begin")
    index: Literal["FLAT", "HNSW"] = "FLAT"
    links: int = Field(32, ge=4, le=64, description="Of a vector in HNSW (M)")
    construction: int = Field(200, ge=8, description="Candidates while HNSW is built (efConstruction)")
    candidates: int = Field(200, ge=1, description="While HNSW is searched (ef); no fewer than are asked for")
    partitions: int = Field(16, ge=1, le=1024, description="Over which brands are spread by their hash")


class MilvusStore(SharedStore):
    """A collection, with a row a photo: its vector and the facts of its product; brand is the partition key.

    Rows are seen by every reader once they are added. Methods may be called from several threads.
    """

    def __init__(self, client: MilvusClient, collection: str, dim: int, settings: MilvusSettings) -> None:
        self.collection = collection
        self._client, self._dim, self._settings = client, dim, settings
        self._no_fork = NoFork("index")

    @property
    def ids(self) -> set[int]:
        """Those of all vectors."""
        found: set[int] = set()
        with _said(self.collection):
            rows = self._client.query_iterator(self.collection, batch_size=_MOST, output_fields=["id"])
            while batch := rows.next():
                found.update(row["id"] for row in batch)
            rows.close()
        return found

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32], facts: Sequence[Facts] | None = None) -> None:
        """Keep (n, d) unit rows under n new ids, with their products' facts.

        Raises:
            DataError: when an id is there already, occurs twice, or the rows aren't n of unit length d.
            BundleError: when Milvus cannot be reached, or refuses.
        """
        ids, vectors = check_rows(ids, vectors, self._dim)
        with _said(self.collection):
            for part in _parts(ids):
                if self._client.get(self.collection, part.tolist(), output_fields=["id"]):
                    raise DataError("index: an id is there already; remove it before adding it again")
            for rows in _rows(ids, vectors, facts):
                self._client.insert(self.collection, rows)

    def replace(self, ids: NDArray[np.int64], vectors: NDArray[np.float32], facts: Sequence[Facts]) -> None:
        """Put rows and facts in the place of what is kept under n ids.

        Raises:
            DataError: when an id occurs twice, or the rows aren't n of unit length d.
            BundleError: when Milvus cannot be reached, or refuses.
        """
        ids, vectors = check_rows(ids, vectors, self._dim)
        with _said(self.collection):
            for rows in _rows(ids, vectors, facts):
                self._client.upsert(self.collection, rows)

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Forget ids; unknown ones are ignored. Returns how many were there."""
        gone = 0
        with _said(self.collection):
            for part in _parts(np.asarray(ids, np.int64)):
                there = [row["id"] for row in self._client.get(self.collection, part.tolist(), output_fields=["id"])]
                if there:
                    self._client.delete(self.collection, ids=there)
                gone += len(there)
        return gone

    def search(
        self, queries: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """(q, k) scores, falling, and ids of the nearest rows, among `allowed` ids only; -1 fills what is missing.

        No more than 16,384 are found. For filters of products there is `search_products`, which names no ids.

        Raises:
            BundleError: when Milvus cannot be reached, or refuses; or the process was forked since.
        """
        if allowed is not None and not len(allowed):
            return nothing_found(len(queries), k)
        only = "" if allowed is None else f"id in {np.asarray(allowed).tolist()}"
        return self._search(np.atleast_2d(queries), k, only)

    def search_products(
        self, query: NDArray[np.float32], k: int, where: ProductFilter | None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """(k,) scores, falling, and ids of the best photo of each of the nearest products; -1 fills what is missing.

        Milvus filters by brand, colour, shop and price, and groups by product. Every product that passes `where` is
        among them by its score; some that do not may be, as prices are not those of a shop or a currency.

        Raises:
            BundleError: when Milvus cannot be reached, or refuses; or the process was forked since.
        """
        only = "" if where is None else expression(where)
        scores, ids = self._search(query[None], k, only, group_by_field="product")
        return scores[0], ids[0]

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """(n, d) unit rows of n ids.

        Raises:
            KeyError: when an id isn't there.
            BundleError: when Milvus cannot be reached.
        """
        self._no_fork.check()
        wanted = np.asarray(ids, np.int64)
        found: dict[int, Any] = {}
        with _said(self.collection):
            for part in _parts(np.unique(wanted)):
                rows = self._client.get(
                    self.collection, part.tolist(), output_fields=["id", "vector"], timeout=_PATIENCE
                )
                found |= {row["id"]: row["vector"] for row in rows}
        if missing := set(wanted.tolist()) - found.keys():
            raise KeyError(f"index: no such id: {min(missing)}")
        return np.array([found[key] for key in wanted.tolist()], np.float32).reshape(len(wanted), self._dim)

    def save(self, path: Path) -> None:
        """Have everything on Milvus' disk, and write a file that names the collection."""
        with _said(self.collection):
            self._client.flush(self.collection)
        write_atomically(path, (json.dumps({"collection": self.collection, "dim": self._dim}) + "\n").encode())

    def __len__(self) -> int:
        with _said(self.collection):
            counted = self._client.query(self.collection, filter="", output_fields=["count(*)"], timeout=_PATIENCE)
            return int(counted[0]["count(*)"])

    def _search(
        self, queries: NDArray[np.float32], k: int, only: str, **grouping: str
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        self._no_fork.check()
        limit = min(k, _MOST)
        scores, ids = nothing_found(len(queries), k)
        with _said(self.collection):
            found = self._client.search(
                self.collection,
                data=list(np.ascontiguousarray(queries, np.float32)),
                limit=limit,
                filter=only,
                output_fields=["id"],
                search_params={"metric_type": "IP", "params": {"ef": max(limit, self._settings.candidates)}},
                timeout=_PATIENCE,
                **grouping,
            )
        for row, hits in enumerate(found):
            scores[row, : len(hits)] = [hit["distance"] for hit in hits]
            ids[row, : len(hits)] = [hit["id"] for hit in hits]
        return scores, ids


@STORES.register("milvus", MilvusSettings)
class Milvus:
    """A collection of its own for each build, which the file index.milvus names; an update changes it in place."""

    files: ClassVar[tuple[str, ...]] = (_POINTER,)
    shared: ClassVar[bool] = True

    @classmethod
    def create(cls, place: Place, count: int, sample: Sample) -> MilvusStore:  # noqa: ARG003
        """A new, empty collection; those that earlier builds of this workspace left and nothing names are dropped."""
        settings: MilvusSettings = place.settings
        models = place.folder.resolve().parent
        client = _client_of(models)
        from pymilvus import DataType  # known to be installed now

        own = f"{settings.collection}_{hashlib.sha256(str(models).encode()).hexdigest()[:8]}_"
        name = f"{own}{uuid.uuid4().hex[:12]}"
        with _said(name):
            named = {_pointed_at(pointer)[0] for pointer in models.glob(f"*/{_POINTER}")}
            for other in client.list_collections():
                if other.startswith(own) and other not in named:
                    client.drop_collection(other)
            schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
            schema.add_field("id", DataType.INT64, is_primary=True)
            schema.add_field("vector", DataType.FLOAT_VECTOR, dim=place.dim)
            schema.add_field("product", DataType.VARCHAR, max_length=_TEXT)
            schema.add_field("brand", DataType.VARCHAR, max_length=_TEXT, is_partition_key=True)
            schema.add_field("colours", DataType.VARCHAR, max_length=_TEXT)
            schema.add_field("shops", DataType.VARCHAR, max_length=_TEXT)
            schema.add_field("lowest", DataType.DOUBLE, nullable=True)
            schema.add_field("highest", DataType.DOUBLE, nullable=True)
            index = client.prepare_index_params()
            built = {"M": settings.links, "efConstruction": settings.construction} if settings.index == "HNSW" else {}
            index.add_index("vector", index_type=settings.index, metric_type="IP", params=built)
            client.create_collection(
                name,
                schema=schema,
                index_params=index,
                num_partitions=settings.partitions,
                consistency_level="Strong",
            )
        return MilvusStore(client, name, place.dim, settings)

    @classmethod
    def open(cls, place: Place, count: int) -> MilvusStore:
        """The collection that a folder's file names.

        Raises:
            BundleError: when the file is missing or damaged, Milvus cannot be reached, or holds fewer vectors.
        """
        pointer = place.folder / _POINTER
        name, dim = _pointed_at(pointer)
        client = _client_of(place.folder.resolve().parent)
        with _said(name):
            if not client.has_collection(name):
                raise BundleError(f"{pointer}: Milvus has no collection {name}; run `sneakers index`")
            client.load_collection(name)
            store = MilvusStore(client, name, place.dim, place.settings)
            there = len(store)
        if dim != place.dim or there < count:
            raise BundleError(f"{pointer}: {there} vectors of {dim} numbers, not {count} of {place.dim}; rebuild it")
        return store


def expression(where: ProductFilter) -> str:
    """What Milvus can ask of `Facts` for a filter."""
    terms = []
    if where.brand is not None:
        terms.append(f'brand == "{_spelt(where.brand.strip().casefold())}"')
    if where.colour is not None:
        terms.append(f'colours like "%|{_spelt(where.colour)}|%"')
    if where.shop is not None:
        terms.append(f'shops like "%|{_spelt(where.shop.strip().casefold())}|%"')
    if where.max_price is not None and math.isfinite(where.max_price):
        terms.append(f"lowest <= {float(where.max_price)!r}")
    if where.min_price is not None and math.isfinite(where.min_price):
        terms.append(f"highest >= {float(where.min_price)!r}")
    return " and ".join(terms)


def _spelt(term: str) -> str:
    """A term without the characters that mean something to Milvus; no two are spelt alike."""
    return "".join(each if each.isalnum() or each == " " else f"-{ord(each):x}-" for each in term)


def _parts(ids: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    return (ids[start : start + _ROWS] for start in range(0, len(ids), _ROWS))


def _rows(
    ids: NDArray[np.int64], vectors: NDArray[np.float32], facts: Sequence[Facts] | None
) -> Iterator[list[dict[str, Any]]]:
    """Rows as Milvus takes them; a photo of which nothing is known is a product of its own."""
    known = [Facts(str(key), "") for key in ids.tolist()] if facts is None else facts
    if len(known) != len(ids):
        raise DataError(f"index: facts of {len(known)} photos, not {len(ids)}")
    for start in range(0, len(ids), _ROWS):
        part = slice(start, start + _ROWS)
        yield [
            {
                "id": key,
                "vector": vector,
                "product": each.product_id,
                "brand": _spelt(each.brand),
                "colours": _listed(each.colours),
                "shops": _listed(each.shops),
                "lowest": each.lowest,
                "highest": each.highest,
            }
            for key, vector, each in zip(ids[part].tolist(), vectors[part], known[part], strict=True)
        ]


def _listed(terms: Sequence[str]) -> str:
    return "|" + "".join(f"{_spelt(term)}|" for term in terms)


def _pointed_at(pointer: Path) -> tuple[str, int]:
    """Collection and length of a vector that the file of an index names."""
    try:
        content = json.loads(pointer.read_bytes())
        return str(content["collection"]), int(content["dim"])
    except (OSError, ValueError, KeyError, TypeError):
        raise BundleError(f"{pointer}: missing or damaged; run `sneakers index`") from None


def _client_of(models: Path) -> MilvusClient:
    settings = load_settings()
    token = settings.milvus_token.get_secret_value() if settings.milvus_token else ""
    if (uri := settings.milvus_uri) and not (uri.startswith(("http://", "https://")) and urlsplit(uri).hostname):
        raise UsageError(f"MILVUS_URI: {uri!r} is no address such as http://milvus:19530")  # pymilvus fails on import
    return _client(uri or str(models / _DATABASE), token)


@lru_cache(maxsize=8)
def _client(uri: str, token: str) -> MilvusClient:
    """A connection, which lasts as long as the process: milvus-lite opens a database once."""
    try:
        from pymilvus import MilvusClient
    except ImportError:
        raise UsageError("index.store: milvus needs an extra: pip install 'sneakers-ml[milvus]'") from None
    for library in ("pymilvus", "milvus_lite"):  # an error is said once, by who catches it
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)
    with _said(uri):
        return MilvusClient(uri, token=token)


@contextmanager
def _said(what: str) -> Iterator[None]:
    """Errors of Milvus as one line.

    Raises:
        BundleError: in place of them.
    """
    from grpc import RpcError
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except (MilvusException, RpcError, OSError, RuntimeError) as error:
        reason = " ".join(str(getattr(error, "message", error)).split())[:160]
        raise BundleError(
            f"Milvus, {what}: {reason}; check MILVUS_URI, and that no other process has it open"
        ) from None
