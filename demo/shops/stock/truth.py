"""Which listings are one product: what a crawl and a merge of the demo's shops are scored against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from demo.render.manifest_rows import read_manifest, write_csv
from demo.shops.stock.offer import STOCK_SEED, Offer
from demo.shops.stock.stock import build_stock

__all__ = ["TRUTH_COLUMNS", "truth_rows", "write_truth"]

TRUTH_COLUMNS = ("shop", "listing_id", "product_id")


def truth_rows(stock: Mapping[str, Sequence[Offer]]) -> Iterator[dict[str, str]]:
    """One row a listing, sorted; the product id of what is not a shoe is empty."""
    for shop in sorted(stock):
        for listing_id, product_id in sorted(row for offer in stock[shop] for row in offer.truth):
            yield {"shop": shop, "listing_id": listing_id, "product_id": product_id or ""}


def write_truth(folder: Path, seed: int = STOCK_SEED) -> Path:
    """Write truth.csv beside the manifest of the demo in `folder`; it holds with and without style codes.

    Raises:
        DataError: `folder` has no manifest.
    """
    file = folder / "truth.csv"
    write_csv(file, TRUTH_COLUMNS, truth_rows(build_stock(read_manifest(folder), seed)))
    return file
