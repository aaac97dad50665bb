from __future__ import annotations

import pytest

from sneakers_ml.catalogue.overview.counts import (
    joins,
    photos_per_brand,
    prices,
    products_per_brand,
    read_shares,
    totals,
)
from tests.catalogue.overview.builders import five_listings


def test_totals():
    assert totals(five_listings()) == {
        "sources": 2,
        "listings kept": 5,
        "listings set aside": 1,
        "products": 3,
        "products in several sources": 1,
        "models": 2,
        "brands": 2,
        "photos": 8,
    }


def test_a_product_of_two_sources_counts_in_both_and_once_in_all():
    table = products_per_brand(five_listings())
    assert table.to_dict("index") == {
        "nike": {"baas": 1, "kick": 2, "all": 2},
        "karhu": {"baas": 1, "kick": 0, "all": 1},
    }
    assert list(table.index) == ["nike", "karhu"]


def test_prices_are_kept_apart_by_currency():
    table = prices(five_listings())
    assert table["count"].to_dict() == {"EUR": 2, "USD": 2}
    assert (table.loc["EUR", "min"], table.loc["EUR", "50%"], table.loc["EUR", "max"]) == (90.0, 92.5, 95.0)
    assert table.loc["USD", "50%"] == 150.0


def test_photos_per_brand():
    assert photos_per_brand(five_listings()).to_dict("index") == {
        "nike": {"photos": 6, "products": 2, "photos a product": 3.0},
        "karhu": {"photos": 2, "products": 1, "photos a product": 2.0},
    }


def test_joins_have_a_column_for_every_reason():
    assert joins(five_listings()).to_dict("index") == {
        "baas": {"founded": 1, "style_code": 1, "title": 1, "none": 0},
        "kick": {"founded": 2, "style_code": 0, "title": 0, "none": 0},
    }


def test_shares_of_fields_that_were_read():
    shares = read_shares(five_listings())
    assert shares.loc["kick"].to_dict() == pytest.approx(
        {
            "brand": 1,
            "model": 1,
            "colour": 0.5,
            "gender": 0,
            "age": 0,
            "style_code": 0.5,
            "price": 1,
            "collaborators": 0,
        }
    )
    assert shares.loc["baas", "collaborators"] == pytest.approx(1 / 3)
    assert shares.loc["baas", "price"] == pytest.approx(2 / 3)
