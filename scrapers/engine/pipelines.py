"""What an item passes through: validation, its photos, the journal."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Annotated, Any, NoReturn

from pydantic import Field, TypeAdapter, ValidationError
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.pipelines.files import FilesPipeline, FSFilesStore
from scrapy.pipelines.media import FileException, FileInfo, FileInfoOrError, MediaPipeline
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from scrapers.engine.journal import PhotoProblem
from scrapers.engine.run import PHOTO, CrawlComponent, shop_crawler
from scrapers.items import ListingItem, Membership
from sneakers_ml import images
from sneakers_ml.catalogue.listing import Listing, View
from sneakers_ml.errors import BadImage
from sneakers_ml.files import write_atomically
from sneakers_ml.registry import problems_of

__all__ = ["JournalPipeline", "PendingListing", "PhotosPipeline", "ShopListing", "ValidationPipeline"]

WebAddress = Annotated[str, Field(pattern=r"^https?://[^\s/]+\S*$")]


class ShopListing(Listing):
    """A listing as a shop must give it: where it is to be found, and no currency that is not ISO 4217."""

    url: WebAddress
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    photo_urls: tuple[WebAddress, ...] = ()


@dataclass(slots=True)
class PendingListing:
    """A valid listing whose photos are still to come; `views` runs parallel to its `photo_urls`, where known."""

    listing: Listing
    views: Sequence[str | None] = ()
    problems: list[PhotoProblem] = field(default_factory=list)

    def __str__(self) -> str:
        return f"listing {self.listing.listing_id} ({self.listing.url})"


_VIEWS: TypeAdapter[tuple[View | None, ...]] = TypeAdapter(tuple[View | None, ...])


class ValidationPipeline(CrawlComponent):
    """First of the pipelines. A listing that the journal has, or that is on its way, only adds its collections."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.seen: set[str] = set()

    def process_item(self, item: object) -> object:
        """Turn a `ListingItem` into a `PendingListing`; note a `Membership`.

        Raises:
            DropItem: the item breaks the contract, or is there already.
        """
        run = self.run
        if isinstance(item, Membership):
            run.add_membership(str(item.get("listing_id") or run.base.public(item["url"])), str(item["collection"]))
        if not isinstance(item, ListingItem):
            return item
        fields: dict[str, Any] = {name: value for name, value in item.items() if value is not None}
        try:
            pending = self._validated(fields)
        except ValueError as error:
            where = str(fields.get("url") or fields.get("listing_id") or "an item without address")
            why = problems_of(error) if isinstance(error, ValidationError) else str(error)
            run.invalid_items.append((where, why))
            raise DropItem(f"{where}: {why}") from None
        key, finished = pending.listing.listing_id, run.journal.listings
        if key in finished and key not in self.seen:
            self.crawler.stats.inc_value("crawl/resumed")
        if key in finished or key in self.seen:
            self.seen.add(key)
            run.add_membership(key, *pending.listing.collections)
            raise DropItem(f"{key} is there already", log_level="DEBUG")
        self.seen.add(key)
        return pending

    def _validated(self, fields: dict[str, Any]) -> PendingListing:
        views, public = fields.pop("photo_views", ()), self.run.base.public
        fields["url"] = public(fields.get("url", ""))
        fields["photo_urls"] = [public(url) for url in fields.get("photo_urls", ())]
        listing = ShopListing.model_validate(fields | {"fetched_at": self.run.state.now})
        views = _VIEWS.validate_python(views)
        if listing.shop != self.run.shop:
            raise ValueError(f"shop: {listing.shop} is not {self.run.shop}")
        if views and len(views) != len(listing.photo_urls):
            raise ValueError("photo_views and photo_urls differ in length")
        return PendingListing(Listing.model_validate(dict(listing)), views)


class _Thumbnail(FileException):
    """A photo too small to be one."""


class _AtomicStore(FSFilesStore):
    """Files that are there whole or not at all."""

    def persist_file(self, path: str | PathLike[str], buf: BytesIO, *_: Any, **__: Any) -> None:
        file = Path(self.basedir, path)
        if not file.exists():
            write_atomically(file, buf.getvalue())


class PhotosPipeline(FilesPipeline):
    """Fetches a listing's photos, checks them by their bytes, and stores them under their hash.

    Photos are `photos/<sha1 of the bytes>.<extension by content>`; equal bytes are stored once. A URL that the journal
    or the last good crawl has is not asked for again. What is no photo, or a thumbnail, is left out with the reason. A
    listing whose photos were cut short by a stop is dropped here and comes again on resuming.
    """

    STORE_SCHEMES = {**FilesPipeline.STORE_SCHEMES, "": _AtomicStore, "file": _AtomicStore}  # noqa: RUF012 - Scrapy's

    def __init__(self, store_uri: str | PathLike[str], download_func: None = None, *, crawler: Crawler) -> None:
        super().__init__(store_uri, download_func, crawler=crawler)
        self.run = shop_crawler(crawler).run
        self._decoding = asyncio.Semaphore(1)  # photos in memory at a time, decoded

    def get_media_requests(self, item: object, *_: Any) -> list[Request]:
        """A request a photo, those of the same URL once."""
        if not isinstance(item, PendingListing):
            return []
        private = self.run.base.private
        return [Request(private(url), callback=NO_CALLBACK, meta={PHOTO: url}) for url in self._urls(item)]

    def media_to_download(self, request: Request, *_: Any, **__: Any) -> Deferred[FileInfo | None]:
        """The stored photo, where the journal or the last good crawl has it."""
        return deferred_from_coro(self._stored(request.meta[PHOTO]))

    async def _stored(self, url: str) -> FileInfo | None:
        folder, file = self.run.folder, self.run.journal.photos.get(url)
        if file is not None and (folder.harvest / file).is_file():
            await self._check((folder.harvest / file).read_bytes())  # a killed run may not have looked at it
        else:
            file = self.run.known_photos.get(url)
            if file is None or not (folder.raw / file).is_file():
                return None
        self.inc_stats("uptodate")
        return FileInfo(url=url, path=file, checksum=None, status="uptodate")

    def media_failed(self, failure: Failure, request: Request, info: MediaPipeline.SpiderInfo) -> NoReturn:
        """Keep the reason, which Scrapy's own pipeline only logs."""
        error = failure.value
        if isinstance(error, FileException):
            raise error
        if isinstance(error, IgnoreRequest):
            super().media_failed(failure, request, info)
        raise FileException(str(error) or type(error).__name__) from error

    async def media_downloaded(self, response: Response, *args: Any, **kwargs: Any) -> FileInfo:
        """Store what came; say why where nothing usable did."""
        if response.status != 200:
            raise FileException(f"HTTP {response.status}")
        return await super().media_downloaded(response, *args, **kwargs)

    def file_path(self, request: Request, response: Response | None = None, *_: Any, **__: Any) -> str:  # noqa: ARG002
        """The name that the content gives."""
        body = response.body if response is not None else b""
        try:
            extension = images.sniff_extension(body)
        except BadImage as error:
            raise FileException(error.problem) from None
        return f"photos/{hashlib.sha1(body, usedforsecurity=False).hexdigest()}.{extension}"

    async def file_downloaded(self, response: Response, request: Request, info: Any, **_: Any) -> str:
        """Store the photo, note it in the journal, then see whether it is any good; returns the hash.

        In this order a kill costs no photo that has arrived; one that is no good is never published.
        """
        path = self.file_path(request, response)
        self.store.persist_file(path, BytesIO(response.body), info)
        self.run.journal.add_photo(request.meta[PHOTO], path)
        await self._check(response.body)
        return Path(path).stem

    def item_completed(self, results: list[FileInfoOrError], item: Any, *_: Any) -> Any:
        """Give the listing its photos, in the gallery's order.

        Raises:
            DropItem: the crawl was stopped before all photos had come.
        """
        if not isinstance(item, PendingListing):
            return item
        views = dict(zip(item.listing.photo_urls, item.views, strict=False))
        files: dict[str, str] = {}
        for url, result in zip(self._urls(item), results, strict=True):
            if result[0] is True:
                files.setdefault(result[1]["path"], url)
            else:
                error = result[1].value
                item.problems.append(PhotoProblem(url, str(error), thumbnail=isinstance(error, _Thumbnail)))
        if item.problems and self.run.stopping.is_set():
            raise DropItem(f"{item}: stopped before its photos had come", log_level="DEBUG")
        seen = tuple(views.get(url) for url in files.values())
        update = {"photo_urls": tuple(files.values()), "photo_files": tuple(files)}
        item.listing = item.listing.model_copy(update=update | {"photo_views": seen if any(seen) else ()})
        return item

    def _urls(self, item: PendingListing) -> list[str]:
        return list(dict.fromkeys(item.listing.photo_urls))[: self.run.params.limits.photos]

    async def _check(self, body: bytes) -> None:
        """Decode a photo as its users will, at the size that tells a thumbnail.

        Raises:
            FileException: with the reason.
        """
        least = self.run.params.limits.photo_side
        try:
            async with self._decoding:
                photo = await asyncio.to_thread(images.decode, body, longest_side=least)
        except BadImage as error:
            raise FileException(error.problem) from None
        if max(photo.shape[:2]) < least:
            raise _Thumbnail(f"a thumbnail: {photo.shape[1]} x {photo.shape[0]} pixels")


class JournalPipeline(CrawlComponent):
    """Last of the pipelines: from here on a kill does no harm to the listing."""

    def process_item(self, item: object) -> object:
        """Note a listing with what its photos came to."""
        if isinstance(item, PendingListing):
            self.run.journal.add_listing(item.listing, item.problems)
            self.crawler.stats.inc_value("crawl/items")
        return item
