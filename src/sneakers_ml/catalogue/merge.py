"""The stage `merge`: listings of every source, cleaned, into products."""

from __future__ import annotations

import fcntl
import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandera.pandas as pandera
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sneakers_ml.catalogue.matching.identity import models_of_products, product_brands
from sneakers_ml.catalogue.memory import read_memory, write_memory
from sneakers_ml.catalogue.placing import place
from sneakers_ml.catalogue.reading import LeftOut, clean_sources
from sneakers_ml.catalogue.schema import LISTINGS, OFFERS, PRODUCTS, SET_ASIDE, check
from sneakers_ml.errors import DataError, SneakersError
from sneakers_ml.files import replacing
from sneakers_ml.parallel import ordered_map
from sneakers_ml.workspace.paths import Workspace

__all__ = ["MergeResult", "merge"]

_ORDER = ("product_id", "source", "listing_id")
"""Of the listings: never by the rows of the input."""
_OFFER = ("shop", "url", "price", "currency")
_WEAKNESS = ("none", "style_code", "title")
_CHECKED = 50_000
"""Rows that are checked at a time."""
_ROW_GROUP = 200_000
_WORKERS = 2

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class MergeResult:
    """Counts of a run; listings that were joined to another one are counted by what joined them."""

    sources: int
    listings: int
    set_aside: int
    products: int
    models: int
    joined_by_style_code: int
    joined_by_title: int


def merge(workspace: Workspace) -> MergeResult:
    """Read data/raw/*/listings.jsonl; write listings, products, offers and set_aside (.parquet) to data/catalogue/.

    Listings are cleaned, what is no sneaker is set aside, and the others are joined to products: by style code, by
    their source's own product id, or by brand, model and colour (see `matching.assignment.assign`). A product's id
    depends on the listings that were seen first, so that a shop that comes later breaks none. Colourways of a model
    share its id.

    What was worked out is kept in data/merge/, so that the next merge cleans and places only what has changed by then;
    the tables are the same with and without it.

    Raises:
        DataError: when there is nothing to merge or a listing breaks its contract.
        SneakersError: when another process merges in this workspace.
    """
    with _alone(workspace), _uncollected():
        table, gone = clean_sources(workspace.raw, read_memory(workspace.merge_memory))
        aside = table.filter(table["entry"].is_null()).select(LeftOut._fields)
        aside = _checked(_sorted(aside, "source", "listing_id"), SET_ASIDE, workspace.set_aside)
        if len(aside) == len(table):
            why = f"none of the {len(table)} listings is a sneaker; bring others"
            why = why if len(table) else "no listings; bring some"
            raise DataError(f"{workspace.raw}: {why} with `sneakers crawl` or `sneakers import`")
        table, renewed = place(table, gone)
        del gone
        table = table.append_column("renewed", pa.array(renewed))
        order = pc.sort_indices(table, sort_keys=[(name, "ascending") for name in _ORDER])  # without a product: last
        in_order = ordered_map(lambda name: (name, table[name].take(order)), table.column_names, workers=_WORKERS)
        for number, (name, column) in enumerate(in_order):  # one by one, so that the column before it is let go of
            table = table.set_column(number, name, column)
        listings = _listing_table(table)
        anew = listings["renewed"]
        _checked(listings.select(list(LISTINGS.columns)), LISTINGS, workspace.listings, anew)
        products, offers = _product_table(listings), _offer_table(listings)
        renewed_products = pc.is_in(products["product_id"], listings["product_id"].filter(anew))
        _checked(products, PRODUCTS, workspace.products, renewed_products)
        _checked(offers, OFFERS, workspace.offers, pc.is_in(offers["product_id"], listings["product_id"].filter(anew)))
        tables = {
            workspace.set_aside: aside,
            workspace.listings: listings.select(list(LISTINGS.columns)),
            workspace.products: products,
            workspace.offers: offers,
        }
        with ExitStack() as whole:  # they change together, once all are written
            files = [whole.enter_context(replacing(path)) for path in tables]
            with ThreadPoolExecutor(_WORKERS) as pool:
                memory = pool.submit(write_memory, table.drop_columns("renewed"), workspace.merge_memory)
                list(pool.map(_write, tables.values(), files))
                memory.result()
    joined = pc.filter(listings["matched_by"], listings["matched_with"].is_valid())
    counts = {str(count["values"]): count["counts"].as_py() for count in pc.value_counts(joined)}
    return MergeResult(
        sources=pc.count_distinct(listings["source"]).as_py(),
        listings=len(listings),
        set_aside=len(aside),
        products=len(products),
        models=pc.count_distinct(products["model_id"]).as_py(),
        joined_by_style_code=counts.get("style_code", 0),
        joined_by_title=counts.get("title", 0),
    )


def _write(table: pa.Table, file: BinaryIO) -> None:
    """The same bytes for the same rows, in however many chunks they lie."""
    with pq.ParquetWriter(file, table.schema) as writer:
        for start in range(0, len(table), _ROW_GROUP):
            writer.write_table(table.slice(start, _ROW_GROUP).combine_chunks())


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    """Keep a second merge out, and clear away what a killed one left; the lock goes with the process that holds it."""
    folder = workspace.merge_memory.parent
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SneakersError(f"{workspace.root}: another process merges in this workspace; wait for it") from None
        for left in (*folder.glob(".*.tmp"), *workspace.products.parent.glob(".*.tmp")):
            left.unlink()
        yield


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles, which would walk through all rows again and again; `place` calls it in time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _checked(
    table: pa.Table, schema: pandera.DataFrameSchema, path: Path, rows: pa.ChunkedArray | None = None
) -> pa.Table:
    """The table, after the contract of these rows (all by default) was checked; what the memory holds has been before.

    Raises:
        DataError: naming the file, the column and an offending value.
    """
    for start in range(0, max(len(table), 1), _CHECKED):
        part = table.slice(start, _CHECKED)
        check((part if rows is None else part.filter(rows.slice(start, _CHECKED))).to_pandas(), schema, path)
    if schema.unique:
        counted = table.select(list(schema.unique)).group_by(list(schema.unique)).aggregate([([], "count_all")])
        twice = counted.filter(pc.greater(counted["count_all"], 1)).select(list(schema.unique)).to_pylist()
        if twice:
            names = ", ".join(sorted(":".join(map(str, row.values())) for row in twice)[:3])
            raise DataError(f"{path}: breaks its contract: {len(twice)} listings stand twice in their source ({names})")
    return table


def _sorted(table: pa.Table, *columns: str) -> pa.Table:
    return table.take(pc.sort_indices(table, sort_keys=[(column, "ascending") for column in columns]))


def _listing_table(table: pa.Table) -> pa.Table:
    """The rows that have a product, with its brand and model."""
    table = table.drop_columns(["key", "reason", "entry", "links", "name_link", "likeness_links"])
    table = table.slice(0, len(table) - table["product_id"].null_count)
    products = table["product_id"].to_pylist()
    models = models_of_products(products, table["model_key"].to_pylist())
    brands = product_brands(products, table["brand_key"].to_pylist())
    return table.append_column("model_id", [models]).append_column("brand", [brands])


def _product_table(listings: pa.Table) -> pa.Table:
    """One row a product: what its founder states, else its other listings in their order, and the offers on sale.

    `matched_by` is the weakest ground on which any of its listings belongs to it. Offers are ordered by shop and
    address, each with its price in its own currency.
    """
    product: Numbers = listings["product_id"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    count = len(listings)
    starts = np.flatnonzero(np.diff(product, prepend=-1))
    joined = listings["matched_with"].is_valid().to_numpy()
    models = listings["model"].combine_chunks().dictionary_encode()
    upper = pa.array([model.isupper() for model in models.dictionary.to_pylist()], pa.bool_())
    capitals = upper.take(models.indices).fill_null(False).to_numpy(zero_copy_only=False)  # some shops print so
    founder_first = np.lexsort([joined, product])
    calm_first = np.lexsort([joined, capitals, product])

    def first(name: str, order: Numbers, known: Mask | None = None) -> pa.ChunkedArray:
        """Of each product the first known value of a column."""
        known = listings[name].is_valid().to_numpy() if known is None else known
        place = np.minimum.reduceat(np.where(known[order], np.arange(count), count), starts)
        return listings[name].take(pa.array(order[np.minimum(place, count - 1)], mask=place == count))

    named = pc.greater(pc.list_value_length(listings["collaborators"]), 0).to_numpy()
    ground = np.array([_WEAKNESS.index(name) for name in listings["matched_by"].to_pylist()])
    weakest = np.maximum.reduceat(ground, starts)
    columns = {
        name: first(name, founder_first) for name in ("brand", "model_id", "label", "gender", "age", "style_code")
    }
    columns |= {name: first(name, calm_first) for name in ("model", "colour")}
    columns["title"] = first("name", calm_first)
    partners = first("collaborators", founder_first, named)
    columns["collaborators"] = pc.coalesce(partners, pa.scalar([], partners.type))
    columns["product_id"] = listings["product_id"].take(pa.array(starts))
    columns["matched_by"] = pa.array([_WEAKNESS[rank] for rank in weakest], pa.large_string())
    on_sale = listings.select(["product_id", "source", "listing_id", *_OFFER]).filter(listings["delisted"].is_null())
    on_sale = on_sale.append_column("address", pc.fill_null(on_sale["url"], ""))
    on_sale = _sorted(on_sale, "product_id", "shop", "address", "source", "listing_id")
    offers = pa.StructArray.from_arrays([on_sale[name].combine_chunks() for name in _OFFER], list(_OFFER))
    selling = np.bincount(product[listings["delisted"].is_null().to_numpy()], minlength=len(starts))
    ends = pa.array(np.concatenate([[0], np.cumsum(selling)]), pa.int32())
    columns["offers"] = pa.ListArray.from_arrays(ends, offers)
    return pa.table({name: columns[name] for name in PRODUCTS.columns})


def _offer_table(listings: pa.Table) -> pa.Table:
    """One row for each price that a listing had, in the order of the listings and then of time; the last is today's."""
    past = listings["past_offers"].combine_chunks()
    parents = np.concatenate([pc.list_parent_indices(past).to_numpy(), np.arange(len(listings))])
    order = pa.array(np.argsort(parents, kind="stable"))
    past, rows = past.flatten(), pa.array(parents)
    columns = {name: listings[name].take(rows) for name in ("product_id", "source", "shop", "listing_id", "url")}
    for name, now in (
        ("price", "price"),
        ("currency", "currency"),
        ("first_seen", "price_since"),
        ("last_seen", "fetched_at"),
        ("delisted", "delisted"),
    ):
        columns[name] = pa.chunked_array([past.field(name), *listings[now].chunks])
    return pa.table({name: columns[name] for name in OFFERS.columns}).take(order)
