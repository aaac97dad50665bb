from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from sneakers_ml.catalogue.overview.changes import availability, change_totals, changes_by_currency, price_changes
from sneakers_ml.catalogue.overview.counts import prices
from sneakers_ml.catalogue.overview.page import render, write_overview
from sneakers_ml.tables import write_table
from sneakers_ml.workspace.paths import Workspace
from tests.catalogue.overview.builders import five_listings


def day(number):
    return pd.Timestamp(2026, 1, number, tz="UTC")


@pytest.fixture
def catalogue():
    """Of kick, 1 fell to 80, was silent, and rose to 88; 2 is back at its price.

    Of baas, 7 changed its currency and is gone; 8 fell to 76.
    """
    rows = [
        # source, id, product, price, currency, first and last seen, delisted
        ("kick", "1", "p1", 100.0, "USD", 1, 2, None),
        ("kick", "1", "p1", 80.0, "USD", 3, 3, None),
        ("kick", "1", "p1", None, None, 4, 4, None),
        ("kick", "1", "p1", 88.0, "USD", 5, 9, None),
        ("kick", "2", "p2", 200.0, "USD", 1, 2, 3),
        ("kick", "2", "p2", 200.0, "USD", 5, 9, None),
        ("baas", "7", "p1", 80.0, "GBP", 1, 2, None),
        ("baas", "7", "p1", 90.0, "EUR", 3, 4, 5),
        ("baas", "8", "p1", 95.0, "EUR", 1, 2, None),
        ("baas", "8", "p1", 76.0, "EUR", 3, 9, None),
        ("baas", "9", "p3", None, None, 1, 9, None),
    ]
    offers = pd.DataFrame(
        [
            {
                "source": source,
                "shop": source,
                "listing_id": key,
                "product_id": product,
                "url": None,
                "price": price,
                "currency": currency,
                "first_seen": day(first),
                "last_seen": day(last),
                "delisted": day(gone) if gone else pd.NaT,
            }
            for source, key, product, price, currency, first, last, gone in rows
        ]
    )
    full = five_listings()
    gone = (full.listings["listing_id"] == "7").map({True: day(5), False: pd.NaT})
    listings = full.listings.assign(title="A | B", delisted=gone)
    return replace(full, listings=listings, offers=offers)


def test_a_change_is_one_of_the_same_listing_in_the_same_currency(catalogue):
    changes = price_changes(catalogue)
    assert changes[["listing_id", "before", "after", "date"]].values.tolist() == [
        ["8", 95.0, 76.0, day(3)],
        ["1", 100.0, 80.0, day(3)],
        ["1", 80.0, 88.0, day(5)],
    ]
    assert changes["change"].tolist() == pytest.approx([-0.2, -0.2, 0.1])


def test_a_price_is_compared_with_the_last_one_in_its_own_currency(catalogue):
    """A shop that shows a visitor's currency now and then."""
    rows = catalogue.offers.iloc[[0] * 5].assign(
        price=[100.0, 9000.0, 0.0, 110.0, 110.0], currency=["USD", "INR", "USD", "USD", None]
    )
    changes = price_changes(replace(catalogue, offers=rows.reset_index(drop=True)))
    assert changes[["before", "after", "currency"]].values.tolist() == [[100.0, 110.0, "USD"]]


def test_without_a_single_price_nothing_changed(catalogue):
    silent = replace(catalogue, offers=catalogue.offers.assign(price=float("nan")))
    assert price_changes(silent).empty
    assert "No price has changed." in render(silent, {})


def test_changes_are_counted_by_currency(catalogue):
    table = changes_by_currency(price_changes(catalogue))
    assert table[["drops", "rises"]].to_dict("index") == {
        "EUR": {"drops": 1, "rises": 0},
        "USD": {"drops": 1, "rises": 1},
    }
    assert table.loc["USD", "median of drops, %"] == pytest.approx(-20)


def test_what_is_gone_and_what_is_back(catalogue):
    assert availability(catalogue).to_dict("index") == {
        "baas": {"on sale": 2, "delisted": 1, "returned": 0},
        "kick": {"on sale": 2, "delisted": 0, "returned": 1},
    }
    assert change_totals(catalogue) == {"price drops": 2, "price rises": 1, "delisted": 1, "returned": 1}


def test_what_is_gone_has_no_price_today(catalogue):
    assert prices(catalogue)["count"].to_dict() == {"EUR": 1, "USD": 2}


def test_the_page_shows_them(catalogue):
    page = render(catalogue, {})
    assert "| EUR | 1 | -20.0 | 0 |  |" in page
    assert r"| kick | A \| B | 100.00 | 80.00 | USD | -20.0 % | 2026-01-03 |" in page
    assert r"| kick | A \| B | 80.00 | 88.00 | USD | +10.0 % | 2026-01-05 |" in page
    assert "| baas | 2 | 1 | 0 |" in page


def test_where_nothing_changed_it_says_so(catalogue):
    still = replace(catalogue, offers=catalogue.offers.groupby(["source", "listing_id"]).head(1))
    assert "No price has changed." in render(still, {})
    assert "The biggest" not in render(still, {})


def test_the_command_counts_them_among_its_totals(catalogue, tmp_path):
    workspace = Workspace(tmp_path)
    for name in ("listings", "products", "set_aside", "offers"):
        write_table(getattr(catalogue, name), getattr(workspace, name))
    found = write_overview(workspace, tmp_path / "page.md")
    assert found.items() >= change_totals(catalogue).items()
