from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from sneakers_ml.catalogue.listing import Listing, read_listings, write_listings
from sneakers_ml.errors import DataError

FULL = Listing(
    shop="superkicks",
    url="https://superkicks.example/air-max",
    listing_id="42",
    brand_raw="Nike",
    title_raw="Кроссовки Nike\u2028Air Max",
    model_raw="Air Max",
    colour_raw="red / white",
    product_key="42",
    style_code="AB1234-100",
    gender="men",
    price=12999.5,
    currency="INR",
    description="Line one\nline two",
    photo_urls=("https://superkicks.example/1.jpg", "https://superkicks.example/2.jpg"),
    photo_files=("photos/a.jpg", "photos/b.jpg"),
    photo_views=("left", None),
    fetched_at=datetime(2026, 11, 5, 12, 30, tzinfo=UTC),
)
BARE = Listing(shop="superkicks", listing_id="43")


def test_what_is_written_is_read_again_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "superkicks" / "listings.jsonl"
    assert write_listings(path, [FULL, BARE]) == 2
    assert list(read_listings(path)) == [FULL, BARE]
    first, second = (json.loads(line) for line in path.read_bytes().splitlines())
    assert first["fetched_at"] == "2026-11-05T12:30:00Z"
    assert first["photo_views"] == ["left", None]
    assert second["price"] is None
    assert second["photo_files"] == []


@pytest.mark.parametrize(
    "fault",
    [
        {"shop": ""},
        {"listing_id": ""},
        {"price": -1},
        {"price": float("nan")},
        {"colour": "red"},
        {"photo_files": ["/etc/passwd"]},
        {"photo_files": ["photos/../../secret.jpg"]},
        {"photo_views": ["left"]},
        {"photo_files": ["photos/a.jpg"], "photo_views": ["upside_down"]},
        {"fetched_at": datetime(2026, 11, 5)},  # noqa: DTZ001 - the lack of a time zone is the fault
    ],
)
def test_a_listing_that_breaks_the_contract_is_refused(fault: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Listing.model_validate({"shop": "s", "listing_id": "1"} | fault)


def test_a_listing_does_not_change() -> None:
    with pytest.raises(ValidationError):
        BARE.price = 5.0


@pytest.mark.parametrize(
    ("line", "word"),
    [('{"shop": "s"}', "listing_id"), ('{"shop": "s", "listing', "JSON"), ("[]", "not a listing"), ("\xff", "JSON")],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, word: str) -> None:
    path = tmp_path / "listings.jsonl"
    path.write_bytes(BARE.model_dump_json().encode() + b"\n\n" + line.encode("latin-1") + b"\n")
    listings = read_listings(path)
    assert next(listings) == BARE
    with pytest.raises(DataError, match=word) as caught:
        next(listings)
    assert f"{path}:3:" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_title_is_one_line_and_may_be_missing() -> None:
    assert Listing(shop="a", listing_id="1", title_raw=" Speed\n Cat ", model_raw="Suede").title == "Speed Cat"
    assert Listing(shop="a", listing_id="1", model_raw="Suede").title == "Suede"
    assert BARE.title == ""


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="import the photos first"):
        list(read_listings(tmp_path / "listings.jsonl"))


def test_an_interrupted_write_keeps_the_listings(tmp_path: Path) -> None:
    def interrupted() -> Iterator[Listing]:
        yield BARE
        raise KeyboardInterrupt

    path = tmp_path / "listings.jsonl"
    write_listings(path, [FULL])
    with pytest.raises(KeyboardInterrupt):
        write_listings(path, interrupted())
    assert list(read_listings(path)) == [FULL]
    assert list(tmp_path.iterdir()) == [path]
