"""Whole crawls of small shops, each in a process of its own."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from scrapers.engine.shop_folder import ShopFolder
from sneakers_ml.catalogue.listing import Listing, write_listings
from sneakers_ml.workspace.paths import Workspace
from tests.scrapers.engine import storefront
from tests.scrapers.engine.running import HURRIED, contents, crawl, ended, listings, start
from tests.scrapers.engine.storefront import Shop, open_shops
from tests.support.corpus import write_photo

ALIAS = {"alpha": "https://alpha.example"}
PRODUCTS = {str(number) for number in range(1, 13)}


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until it holds, or the process has ended by itself."""
    while not condition() and process.poll() is None:
        time.sleep(0.002)


@pytest.fixture(scope="module")
def twice(tmp_path_factory) -> Iterator[SimpleNamespace]:
    """Crawled, and crawled again a month later."""
    workspace, shop = tmp_path_factory.mktemp("twice"), Shop()
    with open_shops(shop) as bases:
        first = crawl(workspace, bases, aliases=ALIAS)
        after_first, hits = contents(workspace / "data" / "raw"), list(shop.hits)
        shop.hits.clear()
        second = crawl(workspace, bases, aliases=ALIAS, now="2026-02-01T00:00:00+00:00")
        yield SimpleNamespace(
            workspace=workspace, shop=shop, first=first, second=second, raw=after_first, hits=hits, again=shop.hits
        )


class TestAShopInGoodOrder:
    def test_every_listing_is_there_once_with_its_photos_and_all_its_collections(self, twice):
        found = listings(twice.workspace, "alpha")
        assert set(found) == PRODUCTS
        assert found["7"].title_raw == "Model 7"
        assert found["7"].price == 107.0
        assert found["7"].collections == ("men", "women")
        assert found["7"].url == "https://alpha.example/p/7"
        names = [f"photos/{storefront_sha1(70 + shot)}.png" for shot in (1, 2)]
        assert list(found["7"].photo_files) == names
        assert twice.raw[f"alpha/{names[0]}"] == storefront.png(71)
        assert len(twice.raw) == 1 + 24

    def test_the_report_tells_what_happened(self, twice):
        report = twice.first.reports["alpha"]
        assert twice.first.code == 0
        on_disk = json.loads((twice.workspace / "reports" / "crawl" / "alpha.json").read_text(encoding="utf-8"))
        assert on_disk == twice.second.reports["alpha"]
        assert report["verdict"] == "published"
        assert (report["items"], report["listings"], report["photos_fetched"]) == (12, 12, 24)
        assert report["pages"] == 12 + 2 * 3
        assert report["requests"] == len(twice.hits) == 12 + 6 + 24 + 1
        assert report["coverage"]["price"] == {"share": 1.0, "floor": 0.9}
        assert report["coverage"]["style_code"] == {"share": 0.0, "floor": None}
        assert report["failed_pages"] == report["failed_photos"] == report["refused"] == []

    def test_the_second_crawl_asks_only_whether_pages_have_changed(self, twice):
        pages = [hit for hit in twice.again if hit.path != "/robots.txt"]
        assert len(pages) == 18
        assert all(hit.conditional for hit in pages)
        assert twice.second.reports["alpha"]["pages_unchanged"] == 18
        assert twice.second.reports["alpha"]["photos_fetched"] == 0

    def test_listings_remember_when_they_were_first_seen(self, twice):
        listing = listings(twice.workspace, "alpha")["1"]
        assert [str(at)[:7] for at in (listing.first_seen, listing.fetched_at)] == ["2026-01", "2026-02"]

    def test_it_says_who_it_is(self, twice):
        assert {hit.agent.partition("/")[0] for hit in twice.hits} == {"sneakers-ml"}


def storefront_sha1(seed: int) -> str:
    return hashlib.sha1(storefront.png(seed), usedforsecurity=False).hexdigest()


MISBEHAVING = (
    *(storefront.Away, storefront.Bomb, storefront.Careless, storefront.Closed, storefront.Dripping),
    *(storefront.Endless, storefront.Failing, storefront.Flood, storefront.Huge, storefront.Limited),
    *(storefront.Private, storefront.Prying, storefront.Redesigned, storefront.Redirecting),
)


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> SimpleNamespace:
    workspace = tmp_path_factory.mktemp("misbehaving")
    before = {}
    for name in ("redesigned", "failing"):
        folder = workspace / "data" / "raw" / name
        write_photo(folder / "photos" / "old.jpg")
        old = [Listing(shop=name, listing_id=str(number), photo_files=("photos/old.jpg",)) for number in range(9)]
        write_listings(folder / "listings.jsonl", old)
        before[name] = contents(folder)
    shops = {cls.__name__.lower(): cls(cls.__name__.lower()) for cls in MISBEHAVING}
    shops["alpha"] = Shop()
    with open_shops(*shops.values()) as bases:
        shops["redirecting"].elsewhere = shops["alpha"].address
        outcome = crawl(workspace, {**bases, "gone": "http://127.0.0.1:9"})
    return SimpleNamespace(workspace=workspace, shops=shops, before=before, outcome=outcome)


class TestShopsThatMisbehave:
    """All in one crawl, beside one that does not."""

    @staticmethod
    def report(run, shop):
        return run.outcome.reports[shop]

    @staticmethod
    def failed_page(run, shop):
        """The reason for the one page that failed; the rest must have been published."""
        report = run.outcome.reports[shop]
        assert report["verdict"] == "published", report["problems"]
        (fault,) = report["failed_pages"]
        assert set(listings(run.workspace, shop)) == PRODUCTS - {fault["where"].rpartition("/")[2]}
        return fault["why"]

    def test_the_good_shop_is_whole(self, run):
        assert set(listings(run.workspace, "alpha")) == PRODUCTS
        assert run.outcome.code == 1

    def test_failing_pages_end_the_crawl_and_leave_the_last_good_data(self, run):
        assert self.report(run, "failing")["verdict"] == "stopped"
        assert "3 pages in a row failed, the last with HTTP 500" in self.report(run, "failing")["problems"][0]
        assert len(run.shops["failing"].hits) < 30
        assert contents(run.workspace / "data" / "raw" / "failing") == run.before["failing"]

    def test_a_new_layout_fails_the_crawl_and_leaves_the_last_good_data(self, run):
        report = self.report(run, "redesigned")
        assert report["verdict"] == "failed"
        assert "only 0% of the listings have price, the least is 90%" in report["problems"][0]
        assert contents(run.workspace / "data" / "raw" / "redesigned") == run.before["redesigned"]
        journal = run.workspace / "data" / "crawl" / "redesigned" / "journal.jsonl"
        assert journal.read_bytes().count(b'"listing"') == 12

    def test_retry_after_is_waited_for_by_the_whole_shop(self, run):
        hits = run.shops["limited"].hits
        first, second = (at for at, hit in enumerate(hits) if hit.path == "/p/3")
        assert hits[second].at - hits[first].at >= 1.0
        # What was under way when the shop said so, and what each answer to that let go before the crawl had read it.
        on_the_way = 2 * (HURRIED["concurrency"] - 1)
        early = [hit for hit in hits[first + 1 + on_the_way :] if hit.at - hits[first].at < 0.95]
        assert early == []
        assert self.report(run, "limited")["retries"] == 1
        assert set(listings(run.workspace, "limited")) == PRODUCTS

    def test_a_shop_that_asks_for_an_hour_is_left(self, run):
        assert self.report(run, "away")["verdict"] == "stopped"
        assert "asks to be left alone for 3,600 s" in self.report(run, "away")["problems"][0]

    def test_endless_paging_ends(self, run):
        assert "more than 60 pages" in self.report(run, "endless")["problems"][0]

    def test_an_endless_page_is_cut_off(self, run):
        assert self.failed_page(run, "huge").startswith(("more than 1,048,576 bytes", "DownloadTimeoutError"))
        assert self.report(run, "huge")["bytes"] < 8 * 2**20

    def test_endless_photos_use_up_the_shops_share(self, run):
        assert self.report(run, "flood")["verdict"] == "stopped"
        kept = sum(len(data) for data in contents(run.workspace / "data" / "crawl" / "flood").values())
        assert kept < 2**20

    def test_a_packed_bomb_is_not_unpacked(self, run):
        assert "exceeded DOWNLOAD_MAXSIZE" in self.failed_page(run, "bomb")

    def test_a_dripping_page_is_given_up_in_time(self, run):
        assert "took longer than 1.5 seconds" in self.failed_page(run, "dripping")

    def test_a_redirect_to_another_host_is_not_followed(self, run):
        assert "another host than the shop's" in self.failed_page(run, "redirecting")
        (refusal,) = self.report(run, "redirecting")["refused"]
        assert refusal["host"] == run.shops["alpha"].address.removeprefix("http://")
        assert run.shops["alpha"].asked("/p/1").count("/p/1") == 1

    def test_photos_inside_are_not_asked_for(self, run):
        report = self.report(run, "prying")
        assert {fault["why"] for fault in report["failed_photos"]} == {"an internal address"}
        assert len(report["failed_photos"]) == 8
        port = run.shops["prying"].address.rpartition(":")[2]
        hosts = {refusal["host"] for refusal in report["refused"]}
        inside = {"169.254.169.254", f"localhost:{port}", f"127.1:{port}", "2130706433", "[::1]", "10.0.0.1"}
        assert hosts == inside | {"127.0.0.1:9"}
        assert "/photo/1-1.png" not in run.shops["prying"].asked()
        assert len(listings(run.workspace, "prying")["1"].photo_files) == 1

    def test_what_is_no_photo_is_left_out_with_the_reason(self, run):
        report = self.report(run, "careless")
        assert [fault["why"].split()[0:4] for fault in report["failed_photos"]] == [
            ["This", "is", "a", "web"],
            ["The", "photo", "is", "cut"],
        ]
        assert report["thumbnails"] == 1
        listing = listings(run.workspace, "careless")["1"]
        assert [url.rpartition("-")[2] for url in listing.photo_urls] == ["4.png", "6.png"]
        assert [len(listing.photo_files), len(set(listing.photo_files))] == [2, 2]

    def test_without_a_robots_txt_to_read_nothing_is_asked(self, run):
        assert set(run.shops["closed"].asked()) == {"/robots.txt"}
        for shop in ("closed", "gone"):
            assert "robots.txt could not be had" in self.report(run, shop)["problems"][0]

    def test_robots_txt_is_obeyed(self, run):
        assert self.failed_page(run, "private") == "Forbidden by robots.txt"
        assert "/p/2" not in run.shops["private"].asked()


def brought_home(workspace: Path) -> set[str]:
    """Paths whose answers an unfinished crawl of alpha has kept: pages in the cache, photos in the journal."""
    folder = workspace / "data" / "crawl" / "alpha"
    pages = {json.loads(path.read_bytes().partition(b"\n")[0])["asked"] for path in folder.glob("cache/*/[0-9a-f]*")}
    lines = (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)
    rows = [json.loads(line) for line in lines if line.endswith(b"\n")]
    return {url.removeprefix(ALIAS["alpha"]) for url in pages | {row["photo"] for row in rows if "photo" in row}}


class TestAKill:
    def test_killed_at_any_moment_and_resumed_it_loses_and_doubles_nothing(self, tmp_path, twice):
        """Five kills, each after some more requests; the shop is as slow as it must be for that."""
        shop, chance = Shop(), random.Random(11)
        shop.seconds = 0.01
        kept: set[str] = set()
        with open_shops(shop) as bases:
            for kill in range(5):
                before = len(shop.hits)
                stop = before + chance.randint(3, 8)
                process = start(tmp_path, bases, aliases=ALIAS, resume=kill > 0)
                wait_for(lambda stop=stop: len(shop.hits) >= stop, process)
                process.send_signal(signal.SIGKILL)
                assert ended(process).code == -signal.SIGKILL
                assert kept.isdisjoint(shop.asked()[before:])
                assert kept <= (kept := brought_home(tmp_path))
            before = len(shop.hits)
            journal = tmp_path / "data" / "crawl" / "alpha" / "journal.jsonl"
            finished = journal.read_bytes().count(b'"listing":')
            outcome = crawl(tmp_path, bases, aliases=ALIAS, resume=True)
        assert outcome.code == 0, outcome.said
        assert contents(tmp_path / "data" / "raw") == twice.raw
        assert kept
        assert kept.isdisjoint(shop.asked()[before:])
        assert outcome.reports["alpha"]["resumed"]
        assert outcome.reports["alpha"]["items_resumed"] == finished


class Unhurried(Shop):
    """Its robots.txt asks for more time."""

    def robots(self):
        return storefront.Answer(b"User-agent: *\nCrawl-delay: 0.3\n")


class TestManners:
    def test_requests_are_as_far_apart_as_told_and_as_robots_txt_asks(self, tmp_path):
        alpha, private = Shop(count=2), Unhurried("private", count=2)
        polite = HURRIED | {"concurrency": 1, "delay": 0.15, "autothrottle": True}
        with open_shops(alpha, private) as bases:
            assert crawl(tmp_path, bases, params=polite, contact="me@shop.example").code == 0
        for shop, least in ((alpha, 0.15), (private, 0.3)):
            times = [hit.at for hit in shop.hits]
            assert len(times) == 1 + 2 + 2 + 4
            assert times[-1] - times[0] > least * 8 - 0.1
            assert min(late - early for early, late in pairwise(times)) > least / 2  # as a busy machine notes it
            assert {hit.agent for hit in shop.hits} == {f"sneakers-ml/{version('sneakers-ml')} (+me@shop.example)"}


class TestStopping:
    def test_ctrl_c_ends_in_order_and_the_crawl_can_be_resumed(self, tmp_path):
        shop = Shop()
        shop.seconds = 0.02
        with open_shops(shop) as bases:
            polite = HURRIED | {"concurrency": 1}
            process = start(tmp_path, bases, params=polite)
            wait_for(lambda: len(shop.hits) >= 12, process)
            process.send_signal(signal.SIGINT)
            stopped = ended(process)
            assert not (tmp_path / "data" / "raw" / "alpha").exists()
            seen = len(shop.hits)
            resumed = crawl(tmp_path, bases, params=polite, resume=True)
        assert stopped.reports["alpha"]["verdict"] == "interrupted"
        assert stopped.reports["alpha"]["failed_pages"] == []
        assert resumed.reports["alpha"]["verdict"] == "published"
        assert set(listings(tmp_path, "alpha")) == PRODUCTS
        assert seen < len(shop.hits) < 12 + 6 + 24 + 1 + 5

    def test_a_second_crawl_of_the_same_shop_is_refused(self, tmp_path):
        shop = Shop()
        with open_shops(shop) as bases, ShopFolder(Workspace(tmp_path), "alpha").locked():
            refused = crawl(tmp_path, bases)
        assert refused.code == 1
        assert refused.said.startswith(f"alpha is being crawled by another process (pid {os.getpid()})")
        assert shop.hits == []


class TestWhatIsKept:
    def test_a_listing_whose_page_fails_stays_as_it_was(self, tmp_path):
        good = Shop(count=6)
        with open_shops(good) as bases:
            crawl(tmp_path, bases, aliases=ALIAS)
        before = listings(tmp_path, "alpha")
        with open_shops(storefront.Huge("alpha", count=6)) as bases:
            outcome = crawl(tmp_path, bases, aliases=ALIAS)
        assert outcome.code == 0, outcome.reports
        assert listings(tmp_path, "alpha") == before
