"""The pages that a shop has answered with: fresh within a run, afterwards asked for only when changed.

Whatever was stored since the run began is taken as it is, which is what makes a resumed run cheap and equal to an
undisturbed one. Older pages are revalidated by ETag or Last-Modified (RFC 9111, 4.3). An answer that cannot be
revalidated, or that forbids storing, is kept for its run only. One file an answer: a line of JSON and the body as it
came; it is written under a temporary name and renamed, so it is whole or not there. robots.txt and photos are not kept
here.
"""
# ruff: noqa: ARG002 - the signatures are Scrapy's

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcache import HttpCacheMiddleware
from scrapy.extensions.httpcache import RFC2616Policy
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from scrapy.settings import BaseSettings
from scrapy.utils.request import RequestFingerprinter

from scrapers.engine.addresses import Address
from scrapers.engine.run import is_page, shop_crawler
from scrapers.engine.spider import ShopSpider
from sneakers_ml.files import write_atomically
from sneakers_ml.workspace.params import CrawlCache

__all__ = ["CacheMiddleware", "FileStorage", "RunPolicy", "prune"]

_VALIDATORS = ("etag", "last-modified")
_CONDITIONS = ("If-None-Match", "If-Modified-Since")
_HEAD = {"asked", "url", "base", "status", "stored", "length", "headers"}


class RunPolicy(RFC2616Policy):
    """What is stored, and when it may be used without asking."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self.started: float = settings.getfloat("RUN_STARTED")

    def should_cache_request(self, request: Request) -> bool:
        """Pages only."""
        return is_page(request)

    def should_cache_response(self, response: Response, request: Request) -> bool:
        """Whole answers only; `prune` throws away after the run what the shop does not want kept."""
        return response.status == 200 and not {"partial", "dataloss", "download_stopped"} & set(response.flags)

    def is_cached_response_fresh(self, cachedresponse: Response, request: Request) -> bool:
        """Fresh is what this run has stored; everything else is asked about."""
        if request.meta["cache_timestamp"] >= self.started:
            return True
        self._set_conditional_validators(request, cachedresponse)
        return False

    def is_cached_response_valid(self, cachedresponse: Response, response: Response, request: Request) -> bool:
        """Only where the shop says so; a failing shop is to be noticed, not papered over."""
        return response.status == 304


class CacheMiddleware(HttpCacheMiddleware):
    """Scrapy's cache, less its habit of answering with an old page when the shop fails."""

    DOWNLOAD_EXCEPTIONS = ()  # type: ignore[assignment]

    def process_request(self, request: Request, spider: Spider | None = None) -> Request | Response | None:
        for name in _CONDITIONS:  # of an earlier attempt, or of the page that redirected here
            request.headers.pop(name, None)
        return super().process_request(request)


class FileStorage:
    """Answers in a folder, two levels deep, named by the request's fingerprint."""

    def __init__(self, settings: BaseSettings) -> None:
        self.folder = Path(settings["HTTPCACHE_DIR"])
        self.base: Address  # set by open_spider, which Scrapy calls first
        self._names = RequestFingerprinter()

    def open_spider(self, spider: Spider) -> None:
        """Scrapy opens the storage with its spider."""
        self.base = shop_crawler(spider.crawler).run.base

    def close_spider(self, spider: Spider) -> None:
        """Forget pages that could not be read, such as a challenge answered with 200: a resumed crawl asks anew."""
        for page in spider.failures if isinstance(spider, ShopSpider) else ():
            self._path(Request(page.url)).unlink(missing_ok=True)

    def retrieve_response(self, spider: Spider, request: Request) -> Response | None:
        """The stored answer; None where there is none, or its file is torn or not one of ours."""
        try:
            data = self._path(request).read_bytes()
        except OSError:
            return None
        line, _, body = data.partition(b"\n")
        head = _head(line)
        if head is None or head["asked"] != self.base.public(request.url) or head["length"] != len(body):
            return None
        moved = head["base"] != self.base.url  # the links in the page lead to where the shop was
        request.meta["cache_timestamp"] = 0.0 if moved else head["stored"]
        headers = Headers([(name.encode("latin-1"), value.encode("latin-1")) for name, value in head["headers"]])
        url = self.base.private(head["url"])
        kind = responsetypes.from_args(headers=headers, url=url, body=body)
        return kind(url=url, status=head["status"], headers=headers, body=body)

    def store_response(self, spider: Spider, request: Request, response: Response) -> None:
        """Keep an answer in place of an earlier one."""
        head = {
            "asked": self.base.public(request.url),
            "url": self.base.public(response.url),
            "base": self.base.url,
            "status": response.status,
            "stored": time.time(),
            "length": len(response.body),
            "headers": [
                [name.decode("latin-1"), value.decode("latin-1")]
                for name in response.headers
                for value in response.headers.getlist(name)
            ],
        }
        write_atomically(self._path(request), json.dumps(head).encode() + b"\n" + response.body)

    def _path(self, request: Request) -> Path:
        name = self._names.fingerprint(request.replace(url=self.base.public(request.url))).hex()
        return self.folder / name[:2] / name


def prune(folder: Path, params: CrawlCache, now: float) -> None:
    """Leave in a cache what the next run can use, no older and not more than `params` allows; the oldest go first.

    Args:
        folder: the cache.
        params: how long, and how many bytes.
        now: seconds since 1970.
    """
    entries = []
    for path in folder.glob("*/*"):
        with path.open("rb") as file:
            head = _head(file.readline())
        headers = {name.casefold(): value.casefold() for name, value in head["headers"]} if head else {}
        usable = "no-store" not in headers.get("cache-control", "") and any(name in headers for name in _VALIDATORS)
        entries.append((float(head["stored"]) if head and usable else float("-inf"), path))
    left, oldest = params.size, now - params.days * 86_400
    for stored, path in sorted(entries, key=lambda entry: -entry[0]):
        left -= path.stat().st_size
        if left < 0 or stored < oldest:
            path.unlink()


def _head(line: bytes) -> dict[str, Any] | None:
    """The first line of an entry, if it is one."""
    try:
        head = json.loads(line)
    except ValueError:
        return None
    return head if isinstance(head, dict) and head.keys() >= _HEAD else None
