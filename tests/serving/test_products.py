from __future__ import annotations

import csv

import pandas as pd
import pytest

from sneakers_ml.errors import BundleError
from sneakers_ml.serving.answer import Offer
from sneakers_ml.serving.products import Product, read_gallery


@pytest.fixture
def folder(tmp_path):
    """Two products, the second first in the gallery; the first has nothing but what it must have."""
    products = [
        {
            "product_id": "p1",
            "model_id": "m1",
            "brand": "nike",
            "model": None,
            "title": "Nike Men Shoes",
            "offers": [],
            "colours": [],
        },
        {
            "product_id": "p2",
            "model_id": "m2",
            "brand": "vans",
            "model": "Era",
            "title": "Vans Era",
            "colours": ["red", "white"],
            "offers": [
                {"shop": "demo", "url": None, "price": None, "currency": None},
                {"shop": "outlet", "url": "https://outlet.example/era", "price": 59.5, "currency": "EUR"},
            ],
        },
    ]
    pd.DataFrame(products).to_parquet(tmp_path / "products.parquet")
    shown = {"photo_id": ["f1", "f2", "f3"], "product_id": ["p2", "p1", "p2"]}
    pd.DataFrame(shown).to_parquet(tmp_path / "gallery.parquet")
    return tmp_path


def test_both_tables_keep_their_order_and_what_is_unknown_is_none(folder):
    products, shown = read_gallery(folder, 3)
    assert list(products.items()) == [
        ("p1", Product("Nike Men Shoes", "nike", (), "m1", None)),
        (
            "p2",
            Product(
                "Vans Era",
                "vans",
                (Offer("demo"), Offer("outlet", "https://outlet.example/era", 59.5, "EUR")),
                "m2",
                "Era",
                frozenset({"red", "white"}),
            ),
        ),
    ]
    assert list(shown.items()) == [("f1", "p2"), ("f2", "p1"), ("f3", "p2")]


@pytest.mark.parametrize("photos", [2, 4])
def test_another_number_of_photos_than_was_indexed(folder, photos):
    with pytest.raises(BundleError, match="gallery and products don't belong together; run `sneakers bundle`"):
        read_gallery(folder, photos)


@pytest.mark.parametrize("left", ["p1", "p2"])
def test_a_photo_of_a_product_that_is_not_described(folder, left):
    products = pd.read_parquet(folder / "products.parquet")
    products[products["product_id"] == left].to_parquet(folder / "products.parquet")
    with pytest.raises(BundleError, match="don't belong together"):
        read_gallery(folder, 3)


def test_names_of_models_are_the_catalogues(tiny):
    with (tiny.root / "demo" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        models = {row["title"]: row["model"] for row in csv.DictReader(file)}
    products, shown = read_gallery(tiny.workspace.bundle, 144)
    assert {product.title: product.name for product in products.values()} == models
    assert set(shown.values()) == set(products)
