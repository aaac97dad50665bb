from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scrapers.engine.publish import known_photos, listings_to_publish, publish, published_listings
from sneakers_ml.catalogue.listing import read_listings
from tests.scrapers.engine.parts import NOW, make_listing, make_run

BEFORE = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def run(tmp_path):
    run = make_run(tmp_path, alias="https://alpha.example")
    yield run
    run.journal.close()


def add(run, number, **fields):
    run.journal.add_listing(make_listing(number, **fields), [])


class TestListingsToPublish:
    def ids(self, run, before):
        run.before = {old.listing_id: old for old in before}
        return [listing.listing_id for listing in listings_to_publish(run)]

    def test_it_is_sorted_and_what_was_not_met_is_marked_as_gone(self, run):
        for number in (3, 1, 20):
            add(run, number)
        assert self.ids(run, [make_listing(5), make_listing(6, delisted=BEFORE)]) == ["1", "20", "3", "5", "6"]
        assert [listing.delisted for listing in listings_to_publish(run)] == [None, None, None, NOW, BEFORE]

    def test_a_limit_takes_nothing_away(self, run):
        run.limit = 1
        add(run, 3)
        assert self.ids(run, [make_listing(5)]) == ["3", "5"]
        assert [listing.delisted for listing in listings_to_publish(run)] == [None, None]

    @pytest.mark.parametrize("fault", ["page", "item"])
    def test_nothing_is_gone_where_a_page_or_an_item_failed(self, run, fault):
        """The one that was not met may stand on what failed: a collection's page, say."""
        add(run, 3)
        if fault == "page":
            run.failed_pages["http://127.0.0.1:8000/collections/all?page=2"] = "HTTP 500"
        else:
            run.invalid_items.append(("somewhere", "price: too low"))
        run.before = {"5": make_listing(5)}
        assert [(listing.listing_id, listing.delisted) for listing in listings_to_publish(run)] == [
            ("3", None),
            ("5", None),
        ]

    def test_a_page_that_failed_hides_its_own_listings_and_no_others(self, run):
        add(run, 1)
        run.before = {
            "2": make_listing(2, url="https://alpha.example/p/2?variant=1"),
            "3": make_listing(3, url="https://alpha.example/p/2?variant=7"),
            "4": make_listing(4, url="https://alpha.example/p/4"),
            "5": make_listing(5, url="https://alpha.example/p/5"),
            "6": make_listing(6),
        }
        run.failed_pages["http://127.0.0.1:8000/p/2"] = "no answer (TimeoutError)"
        run.invalid_items.append(("https://alpha.example/p/4", "price: too low"))
        gone = [listing.listing_id for listing in listings_to_publish(run) if listing.delisted]
        assert gone == ["5", "6"]
        run.failed_pages["http://127.0.0.1:8000/p/7"] = "HTTP 500"  # of a shoe that is new, or of many
        assert not [listing for listing in listings_to_publish(run) if listing.delisted]
        run.add_membership("https://alpha.example/p/7", "men")  # where it stands, as a shoe
        assert [listing.listing_id for listing in listings_to_publish(run) if listing.delisted] == gone

    def test_what_is_back_is_on_sale_again_and_published_once_more_it_is_the_same(self, run):
        add(run, 1, price=80.0, currency="EUR")
        run.before = {"1": make_listing(1, price=90.0, currency="EUR", first_seen=BEFORE, delisted=BEFORE)}
        (back,) = once = listings_to_publish(run)
        assert (back.delisted, back.price_since, back.first_seen) == (None, NOW, BEFORE)
        assert [(offer.price, offer.delisted) for offer in back.past_offers] == [(90.0, BEFORE)]
        run.before = {"1": back}
        assert listings_to_publish(run) == once

    def test_what_was_met_but_not_read_stays_as_it_was(self, run):
        old = [make_listing(number, url=f"https://alpha.example/p/{number}") for number in range(1, 6)]
        run.add_membership("1", "men")
        run.add_membership("https://alpha.example/p/2", "men")
        run.failed_pages["http://127.0.0.1:8000/p/3"] = "HTTP 500"
        run.invalid_items.append(("https://alpha.example/p/4", "price: too low"))
        run.before = {listing.listing_id: listing for listing in old}
        *stayed, gone = listings_to_publish(run)
        assert (stayed, gone) == (old[:4], old[4].model_copy(update={"delisted": NOW}))

    def test_collections_are_united(self, run):
        add(run, 1, url="https://alpha.example/p/1", collections=["women"])
        run.add_membership("1", "kids")
        run.add_membership("https://alpha.example/p/1", "men", "women")
        (listing,) = listings_to_publish(run)
        assert listing.collections == ("kids", "men", "women")

    def test_first_seen_is_kept_even_where_it_is_unknown(self, run):
        for number in (1, 2, 3):
            add(run, number)
        run.before = {"1": make_listing(1, first_seen=BEFORE), "2": make_listing(2)}
        assert [listing.first_seen for listing in listings_to_publish(run)] == [BEFORE, None, NOW]


class TestPublish:
    def test_photos_come_before_and_go_after(self, run):
        folder = run.folder
        (folder.raw / "photos").mkdir(parents=True)
        (folder.raw / "photos" / "old.jpg").write_bytes(b"old")
        (folder.raw / "photos" / "gone.jpg").write_bytes(b"gone")
        (folder.harvest / "photos").mkdir(parents=True)
        (folder.harvest / "photos" / "new.jpg").write_bytes(b"new")
        (folder.harvest / "photos" / "bad.jpg").write_bytes(b"bad")
        (folder.raw / ".listings.jsonl.0a.tmp").write_bytes(b"of a publication that was killed")
        listings = [make_listing(1, photo_files=["photos/old.jpg", "photos/new.jpg"])]
        for _ in range(2):  # a kill in between is followed by the whole once more
            publish(folder, listings)
            assert list(read_listings(folder.listings)) == listings
            photos = {path.name: path.read_bytes() for path in (folder.raw / "photos").iterdir()}
            assert photos == {"old.jpg": b"old", "new.jpg": b"new"}
            assert {path.name for path in folder.raw.iterdir()} == {"photos", "listings.jsonl"}

    def test_damaged_last_data_is_as_good_as_none(self, run):
        assert published_listings(run.folder) == {}
        publish(run.folder, [make_listing(1)])
        assert set(published_listings(run.folder)) == {"1"}
        run.folder.listings.write_text('{"shop": "al', encoding="utf-8")
        assert published_listings(run.folder) == {}


def test_photos_are_known_where_urls_and_files_run_parallel():
    pair = make_listing(1, photo_urls=["https://a/1", "https://a/2"], photo_files=["photos/1.jpg", "photos/2.jpg"])
    odd = make_listing(2, photo_urls=["https://a/3", "https://a/4"], photo_files=["photos/3.jpg"])
    assert known_photos([pair, odd]) == {"https://a/1": "photos/1.jpg", "https://a/2": "photos/2.jpg"}
