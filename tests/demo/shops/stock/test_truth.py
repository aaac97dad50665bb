from __future__ import annotations

import pytest

from demo.render.manifest_rows import read_manifest
from demo.shops import build_stock, write_truth
from demo.shops.server import storefronts
from sneakers_ml.errors import DataError
from tests.demo.conftest import read_rows


def test_the_renderer_writes_it(demo):
    rows = read_rows(demo.folder / "truth.csv")
    assert list(rows[0]) == ["shop", "listing_id", "product_id"]
    known = {row["product_id"] for row in demo.rows}
    assert {row["product_id"].removesuffix("-kids") for row in rows if row["product_id"]} == known
    assert {row["shop"] for row in rows if not row["product_id"]} >= {"kickscrew", "superkicks"}
    assert rows == sorted(rows, key=lambda row: (row["shop"], row["listing_id"]))
    assert len({(row["shop"], row["listing_id"]) for row in rows}) == len(rows)


def test_it_is_the_stocks(demo):
    stock = build_stock(read_manifest(demo.folder))
    said = {
        (shop, listing_id, product_id or "")
        for shop, offers in stock.items()
        for offer in offers
        for listing_id, product_id in offer.truth
    }
    assert said == {tuple(row.values()) for row in read_rows(demo.folder / "truth.csv")}


def test_a_folder_without_a_demo_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match=r"manifest\.csv: cannot be read .* `sneakers demo`"):
        write_truth(tmp_path)
    with pytest.raises(DataError, match="sneakers demo"), storefronts(tmp_path):
        pass
