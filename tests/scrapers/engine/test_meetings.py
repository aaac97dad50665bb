"""Products met in several collections."""

from __future__ import annotations

from scrapers.engine.meetings import Meetings
from scrapers.items import Sighting


def test_a_product_is_new_once() -> None:
    meetings = Meetings()
    assert "a" not in meetings
    meetings.meet("a", ["men"])
    assert "a" in meetings
    assert list(meetings.again("a", "https://x/a", ["men"])) == [], "the same collection is no news"


def test_before_its_page_is_read_a_product_is_known_by_its_address() -> None:
    meetings = Meetings()
    meetings.meet("a", ["men"])
    assert list(meetings.again("a", "https://x/a", ["women"])) == [Sighting(url="https://x/a", collection="women")]
    assert meetings.collections_of("a") == ["men", "women"], "the listing will carry both"


def test_after_that_by_all_its_listings() -> None:
    meetings = Meetings()
    meetings.meet("a", ["men"])
    meetings.became("a", ["1-red", "1-blue"])
    assert list(meetings.again("a", "https://x/a", ["kids", "men"])) == [
        Sighting(listing_id="1-red", collection="kids"),
        Sighting(listing_id="1-blue", collection="kids"),
    ]


def test_a_product_without_listings_is_not_sighted() -> None:
    meetings = Meetings()
    meetings.meet("a", ["men"])
    meetings.became("a", [])
    assert list(meetings.again("a", "https://x/a", ["kids"])) == []


def test_each_walk_has_its_own_memory() -> None:
    meetings = Meetings()
    assert meetings.new_in("men", "a")
    assert not meetings.new_in("men", "a")
    assert meetings.new_in("women", "a")
