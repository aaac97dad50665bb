from __future__ import annotations

import dataclasses

import pytest

from scrapers.engine.report import Counts, Coverage, coverage_of, floors_after, problems_of
from sneakers_ml.workspace.params import CrawlChecks
from tests.scrapers.engine.parts import make_listing

GOOD = Counts(listings=100, before=100, pages=100, failed_pages=0, photos=100, failed_photos=0, invalid=0)


def test_coverage_counts_what_has_a_value():
    listings = [
        make_listing(1, title_raw="a", price=0.0),
        make_listing(2, title_raw=""),
        make_listing(3),
        make_listing(4),
    ]
    shares = coverage_of(listings, {"title_raw": 0.3, "price": 0.25})
    assert shares["title_raw"] == Coverage(0.25, 0.3)
    assert shares["title_raw"].broken
    assert shares["price"] == Coverage(0.25, 0.25)
    assert not shares["price"].broken
    assert shares["photo_urls"] == Coverage(0.0, None)
    assert "listing_id" not in shares


def test_without_listings_everything_is_uncovered():
    assert {coverage.share for coverage in coverage_of([], {}).values()} == {0.0}


def test_a_good_crawl_is_without_fault():
    assert problems_of({"price": Coverage(0.9, 0.9)}, GOOD, CrawlChecks()) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"listings": 0}, "no listing was found"),
        ({"listings": 49}, "only 49 listings were found, the last crawl had 100"),
        ({"failed_pages": 6}, "6 of 106 pages failed, more than 5%"),
        ({"failed_photos": 12}, "12 of 112 photos failed, more than 10%"),
        ({"invalid": 6}, "6 of 106 items failed, more than 5%"),
    ],
)
def test_each_check_can_fail(change, words):
    (fault,) = problems_of({}, dataclasses.replace(GOOD, **change), CrawlChecks())
    assert words in fault


@pytest.mark.parametrize(
    "change", [{"listings": 50}, {"listings": 10, "before": None}, {"failed_pages": 5}, {"failed_photos": 11}]
)
def test_and_no_sooner_than_that(change):
    assert problems_of({}, dataclasses.replace(GOOD, **change), CrawlChecks()) == []


def test_a_field_below_its_floor_is_named():
    (fault,) = problems_of({"price": Coverage(0.5, 0.9), "gender": Coverage(0.0)}, GOOD, CrawlChecks())
    assert fault.startswith("only 50% of the listings have price, the least is 90%")


def test_what_the_last_crawl_had_may_not_vanish():
    codes = [make_listing(number, style_code="AB1234" if number < 8 else None) for number in range(10)]
    odd = [make_listing(number, description="Words" if number == 0 else None) for number in range(10)]
    assert floors_after({"price": 0.9}, codes, 0.5) == {"price": 0.9, "style_code": 0.4}
    assert floors_after({"style_code": 0.6}, codes, 0.5) == {"style_code": 0.6}
    assert floors_after({}, odd, 0.5) == {}, "one in ten comes and goes by chance"
    assert floors_after({"price": 0.9}, [], 0.5) == {"price": 0.9}


def test_the_layout_is_not_suspected_where_something_else_is_known():
    none = dataclasses.replace(GOOD, listings=0, failed_pages=3)
    assert problems_of({}, none, CrawlChecks()) == [
        "no listing was found, and 3 pages failed; has the shop's layout changed?"
    ]
    assert problems_of({}, none, CrawlChecks(), "answered 403") == [
        "no listing was found, and 3 pages failed: answered 403"
    ]
    few = dataclasses.replace(GOOD, failed_pages=1)
    (fault,) = problems_of({"price": Coverage(0.5, 0.9)}, few, CrawlChecks(), "answered 403")
    assert fault == "only 50% of the listings have price, the least is 90%; 1 page failed: answered 403"
