"""The base of every shop's spider: where the shop is, what is crawled, how far, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urljoin, urlsplit, urlunsplit

import scrapy
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from scrapers.extract.facts import Facts, load_listing, price_of
from scrapers.extract.walls import wall_of
from scrapers.items import ListingItem, Membership

__all__ = ["FailedPage", "KnownProducts", "ShopSpider"]


class FailedPage(NamedTuple):
    """A page that could not be had or read."""

    url: str
    why: str


class KnownProducts:
    """The products that a crawl has met, and their collections.

    A product goes by a key that pages of all collections share, such as the last part of its address.
    """

    def __init__(self) -> None:
        self._collections: dict[str, set[str]] = defaultdict(set)
        self._listings: dict[str, tuple[str, ...]] = {}
        self._seen: dict[str, set[str]] = defaultdict(set)

    def __contains__(self, key: str) -> bool:
        return key in self._collections

    def first_in(self, pages: str, key: str) -> bool:
        """Whether a product is met for the first time on `pages`, a name for those of one collection."""
        new = key not in self._seen[pages]
        self._seen[pages].add(key)
        return new

    def add(self, key: str, collections: Iterable[str]) -> None:
        """Note a product and collections that it stands in."""
        self._collections[key].update(collections)

    def add_collections(self, key: str, url: str, collections: Iterable[str]) -> Iterator[Membership]:
        """A known product stands in these collections too; it goes by its page while that has not been read."""
        for collection in sorted(set(collections) - self._collections[key]):
            self._collections[key].add(collection)
            for listing_id in self._listings.get(key, ()):
                yield Membership(listing_id=listing_id, collection=collection)
            if key not in self._listings:
                yield Membership(url=url, collection=collection)

    def collections_of(self, key: str) -> list[str]:
        """The collections known so far, sorted."""
        return sorted(self._collections[key])

    def set_listings(self, key: str, items: Iterable[ListingItem]) -> None:
        """The product has been read, and gave these listings."""
        self._listings[key] = tuple(item["listing_id"] for item in items)


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
        self.unreadable: dict[str, str | None] = {}
        """URLs of those failures that came, and the wall that they were, if they were one."""
        self.stopping = False
        """Set by who stops the crawl before its end: a product that can't be had now is left for when it is resumed."""
        self.known = KnownProducts()
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

    def own_links(self, page: TextResponse, xpath: str = "//a/@href") -> Iterator[str]:
        """The addresses of the shop's own that a page links to."""
        urls = (self.own_url(href, page.url) for href in page.xpath(xpath).getall())
        return (url for url in urls if url)

    def full(self) -> bool:
        """Whether as many listings are under way as were asked for."""
        return self.limit is not None and self._taken >= self.limit

    def take(self) -> bool:
        """Count one more listing; False if the limit is reached."""
        taken = not self.full()
        self._taken += taken
        return taken

    def count(self, key: str) -> None:
        """Count something in the crawl's statistics."""
        self.crawler.stats.inc_value(f"shop/{key}")

    def note(self, what: str) -> None:
        """Count something that the run's report has to say of the shop's data."""
        self.count(f"note/{what}")

    def fail(self, where: Response | Request, why: str) -> None:
        """Note a page that could not be had or read; the crawl goes on."""
        self.failures.append(FailedPage(where.url, why))
        if isinstance(where, Response):
            self.unreadable[where.url] = wall_of(where)
        self.count("failed_pages")
        self.logger.warning("%s: %s", where.url, why)

    def unanswered(self, failure: Failure) -> tuple[Request, str]:
        """The request that an errback is about, and why it had no answer, in a few words."""
        request: Any = getattr(failure, "request", None)
        if not isinstance(request, Request):
            raise TypeError("the failure is of no request")
        error = failure.value
        if isinstance(error, HttpError):
            return request, f"answered {error.response.status}"
        if isinstance(error, IgnoreRequest):
            return request, str(error) or "not allowed"
        return request, f"no answer ({type(error).__name__})"

    def readable(self, known: Sequence[Facts]) -> bool:
        """Whether a page shows a product; a name alone may head a page that asks for patience or cookies."""
        return any(one.title for one in known) and any(one.brand or one.price or one.photos for one in known)

    def listing(self, key: str, listing_id: str, url: str, facts: Iterable[Facts]) -> ListingItem:
        """The listing that the sources of a page tell of, the most reliable first."""
        known = list(facts)
        item = load_listing(self.name, listing_id, url, known, self.known.collections_of(key))
        price = price_of(known)
        if price and price.currency is None:
            self.note("price in a currency that its sign does not tell, left open")
        elif price and price.assumed:
            self.note(f"price without a currency, taken for the shop's own ({self.currency})")
        elif price and price.currency != self.currency:
            self.note(f"price in {price.currency}, not in the shop's own currency ({self.currency})")
        self.count(f"from/{item.get('extra', {}).get('read_from', 'nothing')}")
        return item


def _host(netloc: str) -> str:
    return netloc.lower().rpartition("@")[2].removeprefix("www.")
