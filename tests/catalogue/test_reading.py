from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sneakers_ml.catalogue.listing import Listing, write_listings
from sneakers_ml.catalogue.reading import read_and_clean
from sneakers_ml.errors import DataError

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    """Two sources of seven shoes and a slide each."""
    folder = tmp_path_factory.mktemp("raw")
    for shop in ("a", "b"):
        titles = [*(f"Puma Speed Cat {number} 'Red/White'" for number in range(7)), "Puma Cool Cat Slides"]
        listings = [
            Listing(shop=shop, listing_id=str(number), brand_raw="Puma", title_raw=title, fetched_at=MONDAY)
            for number, title in enumerate(titles)
        ]
        write_listings(folder / shop / "listings.jsonl", listings)
    return folder


def test_what_is_read_runs_parallel(raw):
    found = read_and_clean(raw)
    assert [(row.source, row.listing_id) for row in found.rows] == [(shop, str(n)) for shop in "ab" for n in range(7)]
    assert [entry.place for entry in found.entries] == [(row.source, row.listing_id) for row in found.rows]
    assert [entry.model_name for entry in found.entries] == [f"speedcat|{n}" for n in range(7)] * 2
    assert [(row.source, row.title) for row in found.set_aside] == [(shop, "Puma Cool Cat Slides") for shop in "ab"]


@pytest.mark.parametrize("worth_it", [0, 10**9])
def test_two_processes_read_what_one_reads(raw, worth_it):
    assert read_and_clean(raw, batch=3, worth_it=worth_it) == read_and_clean(raw)


@pytest.mark.parametrize("worth_it", [0, 10**9])
def test_a_line_that_is_no_listing_is_named_whoever_reads_it(raw, tmp_path, worth_it):
    good = (raw / "a" / "listings.jsonl").read_bytes()
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "listings.jsonl").write_bytes(good + b"\n" + b'{"shop": "a"}\n' + good)
    with pytest.raises(DataError, match=r"a/listings\.jsonl:10: not a listing \(listing_id"):
        read_and_clean(tmp_path, batch=4, worth_it=worth_it)


def test_blank_lines_and_no_files_are_nothing(tmp_path):
    assert read_and_clean(tmp_path).rows == []
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "listings.jsonl").write_bytes(b"\n  \n")
    assert read_and_clean(tmp_path).rows == []
