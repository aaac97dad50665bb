"""The base of every shop's spider: where the shop is, what is crawled, how far, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urljoin, urlsplit, urlunsplit

import scrapy
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from scrapers.engine.meetings import Meetings
from scrapers.extract.facts import Facts
from scrapers.extract.loaders import load_listing
from scrapers.items import ListingItem

__all__ = ["FailedPage", "ShopSpider"]


class FailedPage(NamedTuple):
    """A page that could not be had or read."""

    url: str
    why: str


class ShopSpider(scrapy.Spider):
    """A shop's own spider says where the shop's data stands; it may state anything below anew.

    Args:
        base: address that stands in for `home`, scheme://host[:port], such as that of a demo shop.
        limit: stop after so many listings.
    """

    name: str
    """The shop's name."""
    home: ClassVar[str]
    """The shop's own address, without a slash at the end."""
    currency: ClassVar[str]
    """ISO 4217 code that holds where a page states none."""
    collections: ClassVar[tuple[str, ...]]
    floors: ClassVar[Mapping[str, float]] = {
        "title_raw": 0.98,
        "brand_raw": 0.9,
        "price": 0.9,
        "currency": 0.9,
        "photo_urls": 0.9,
    }
    """Share of the listings, by field of Listing, that must have the field; below it the shop's layout has changed."""
    max_pages: ClassVar[int] = 400
    """Pages of one collection that are read at most."""

    def __init__(self, name: str | None = None, *, base: str | None = None, limit: int | str | None = None) -> None:
        super().__init__(name)
        self.base = (base or self.home).rstrip("/")
        self._hosts = {_host(urlsplit(self.home).netloc), _host(urlsplit(self.base).netloc)}
        self.limit = None if limit is None else int(limit)
        self.failures: list[FailedPage] = []
        self.stopping = False
        """Set by who stops the crawl before its end: a product that can't be had now is left for when it is resumed."""
        self.meetings = Meetings()
        self._taken = 0

    def url(self, path: str) -> str:
        """The address of a path of the shop."""
        return urljoin(self.base + "/", path)

    def own_url(self, href: str, page: str) -> str | None:
        """The address of a link found on `page`, without its fragment; None if it leads to another host.

        A link that names the shop's own address leads to `base`, whatever that is.
        """
        try:
            parts = urlsplit(urljoin(page, href.strip()))
        except ValueError:
            return None
        if parts.scheme not in ("http", "https") or _host(parts.netloc) not in self._hosts:
            return None
        base = urlsplit(self.base)
        return urlunsplit((base.scheme, base.netloc, parts.path, parts.query, ""))

    def full(self) -> bool:
        """Whether as many listings are under way as were asked for."""
        return self.limit is not None and self._taken >= self.limit

    def take(self) -> bool:
        """Count one more listing; False if the limit is reached."""
        if self.full():
            return False
        self._taken += 1
        return True

    def count(self, key: str) -> None:
        """Count something in the crawl's statistics."""
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(f"shop/{key}")

    def fail(self, where: Response | Request | str, why: str) -> None:
        """Note a page that could not be had or read; the crawl goes on."""
        url = where if isinstance(where, str) else where.url
        self.failures.append(FailedPage(url, why))
        self.count("failed_pages")
        self.logger.warning("%s: %s", url, why)

    def unreachable(self, failure: Failure) -> str:
        """Why a request that came to an errback had no answer, in a few words."""
        error = failure.value
        if isinstance(error, HttpError):
            return f"answered {error.response.status}"
        if isinstance(error, IgnoreRequest):
            return str(error) or "not allowed"
        return f"no answer ({type(error).__name__})"

    def readable(self, facts: Iterable[Facts]) -> bool:
        """Whether a page shows a product; a name alone may head a page that asks for patience or cookies."""
        known = list(facts)
        return any(one.title for one in known) and any(one.brand or one.price or one.photos for one in known)

    def listing(self, key: str, listing_id: str, url: str, facts: Iterable[Facts]) -> ListingItem:
        """The listing that the sources of a page tell of, the sturdiest first."""
        item = load_listing(self.name, listing_id, url, facts, self.meetings.collections_of(key))
        self.count(f"from/{item.get('extra', {}).get('read_from', 'nothing')}")
        return item

    def failed_request(self, failure: Failure) -> Request:
        """The request that an errback is about."""
        request: Any = getattr(failure, "request", None)
        if not isinstance(request, Request):
            raise TypeError("the failure is of no request")
        return request


def _host(netloc: str) -> str:
    return netloc.lower().rpartition("@")[2].removeprefix("www.")
