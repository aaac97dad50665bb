from __future__ import annotations

import json
import os
import time

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response
from scrapy.settings import Settings

from scrapers.engine.cache import FileStorage, RunPolicy, prune
from scrapers.engine.run import PHOTO
from scrapers.engine.spider import FailedPage
from sneakers_ml.workspace.params import CrawlCache
from tests.scrapers.engine.parts import make_run, make_spider

URL = "http://127.0.0.1:8000/p/1"


@pytest.fixture
def storage(tmp_path):
    return open_storage(tmp_path)


def open_storage(root, **kwargs):
    run = make_run(root, **kwargs)
    run.journal.close()
    spider = make_spider(run)
    storage = FileStorage(Settings({"HTTPCACHE_DIR": str(root / "cache")}))
    storage.open_spider(spider)
    storage.spider = spider
    return storage


def keep(storage, url=URL, body=b"<html>\xe9</html>", headers=None):
    headers = {"ETag": '"a"', "Content-Type": "text/html; charset=latin-1"} if headers is None else headers
    storage.store_response(storage.spider, Request(url), HtmlResponse(url, headers=headers, body=body))


def ask(storage, url=URL):
    request = Request(url)
    return storage.retrieve_response(storage.spider, request), request.meta.get("cache_timestamp")


def files(root):
    return [path for path in (root / "cache").rglob("*") if path.is_file()]


class TestStorage:
    def test_it_gives_back_what_it_was_given(self, storage):
        keep(storage)
        response, stored = ask(storage)
        assert isinstance(response, HtmlResponse)
        assert response.text == "<html>é</html>"
        assert (response.status, response.url, response.headers["ETag"]) == (200, URL, b'"a"')
        assert stored >= storage.spider.crawler.run.state.started
        assert ask(storage, URL + "0")[0] is None

    def test_a_page_that_could_not_be_read_is_asked_for_anew(self, storage):
        keep(storage)
        keep(storage, URL + "0")
        storage.spider.failures.append(FailedPage(URL, "a challenge in place of the page"))
        storage.close_spider(storage.spider)
        assert ask(storage)[0] is None
        assert ask(storage, URL + "0")[0] is not None

    def test_a_torn_or_foreign_file_is_as_good_as_none(self, storage, tmp_path):
        keep(storage)
        (file,) = files(tmp_path)
        whole = file.read_bytes()
        for damaged in (whole[:-1], whole[:20], b"", b"\x80\x04\x95", b"[]\nbody", whole.replace(b"/p/1", b"/p/2")):
            file.write_bytes(damaged)
            assert ask(storage)[0] is None
        file.write_bytes(whole)
        assert ask(storage)[0] is not None

    def test_a_shop_that_has_moved_is_asked_again(self, tmp_path):
        keep(open_storage(tmp_path, alias="https://alpha.example"))
        moved = open_storage(tmp_path, base="http://127.0.0.1:9000", alias="https://alpha.example")
        response, stored = ask(moved, "http://127.0.0.1:9000/p/1")
        assert response.url == "http://127.0.0.1:9000/p/1"
        assert stored == 0


class TestPolicy:
    policy = RunPolicy(Settings({"RUN_STARTED": 100.0}))

    @pytest.mark.parametrize("meta", [{PHOTO: "x"}, {"dont_obey_robotstxt": True}])
    def test_photos_and_robots_are_not_kept(self, meta):
        assert not self.policy.should_cache_request(Request(URL, meta=meta))
        assert self.policy.should_cache_request(Request(URL))

    @pytest.mark.parametrize(
        ("status", "flags", "kept"), [(200, [], True), (404, [], False), (200, ["partial"], False)]
    )
    def test_whole_answers_are(self, status, flags, kept):
        response = Response(URL, status=status, flags=flags)
        assert self.policy.should_cache_response(response, Request(URL)) is kept

    def test_what_this_run_has_stored_is_fresh_and_older_pages_are_asked_about(self):
        page = Response(URL, headers={"ETag": '"a"', "Last-Modified": "yesterday", "Cache-Control": "max-age=999999"})
        fresh, old = (Request(URL, meta={"cache_timestamp": at}) for at in (100.5, 99.5))
        assert self.policy.is_cached_response_fresh(page, fresh)
        assert not self.policy.is_cached_response_fresh(page, old)
        assert (old.headers["If-None-Match"], old.headers["If-Modified-Since"]) == (b'"a"', b"yesterday")

    def test_a_failing_shop_is_not_covered_up(self):
        old, request = Response(URL), Request(URL)
        assert self.policy.is_cached_response_valid(old, Response(URL, status=304), request)
        assert not self.policy.is_cached_response_valid(old, Response(URL, status=500), request)


class TestPrune:
    def stored(self, storage, tmp_path, ages):
        """Entries so old, in seconds before 1,000, each of 1,000 bytes and a little."""
        for number in range(len(ages)):
            keep(storage, f"{URL}{number}", b"x" * 1000)
        for path in files(tmp_path):
            line, _, body = path.read_bytes().partition(b"\n")
            head = json.loads(line)
            head["stored"] = 1000 - ages[int(head["asked"].removeprefix(URL))]
            path.write_bytes(json.dumps(head).encode() + b"\n" + body)

    def left(self, storage, ages):
        return [age for number, age in enumerate(ages) if ask(storage, f"{URL}{number}")[0] is not None]

    def test_the_oldest_go_first(self, storage, tmp_path):
        ages = [30, 10, 20]
        self.stored(storage, tmp_path, ages)
        prune(tmp_path / "cache", CrawlCache(days=25 / 86_400), now=1000)
        assert self.left(storage, ages) == [10, 20]
        prune(tmp_path / "cache", CrawlCache(size=2000), now=1000)
        assert self.left(storage, ages) == [10]

    def test_what_cannot_be_asked_about_or_must_not_be_kept_goes(self, storage, tmp_path):
        keep(storage, URL + "a", headers={})
        keep(storage, URL + "b", headers={"ETag": '"a"', "Cache-Control": "private, No-Store"})
        keep(storage, URL + "c", headers={"Last-Modified": "yesterday"})
        (tmp_path / "cache" / "00").mkdir(exist_ok=True)
        (tmp_path / "cache" / "00" / f".left.{os.getpid()}.tmp").write_bytes(b"half")
        prune(tmp_path / "cache", CrawlCache(), now=time.time())
        assert [ask(storage, URL + name)[0] is not None for name in "abc"] == [False, False, True]
        assert len(files(tmp_path)) == 1
