"""Item pipeline: fetch a listing's photos, check them by their bytes, and store them under their hash."""
# ruff: noqa: ARG002 - the signatures are Scrapy's

from __future__ import annotations

import asyncio
import hashlib
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Any, NoReturn

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.pipelines.files import FilesPipeline, FSFilesStore
from scrapy.pipelines.media import FileException, FileInfo, FileInfoOrError, MediaPipeline
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.defer import Deferred, succeed
from twisted.python.failure import Failure

from scrapers.engine.journal import PhotoFault
from scrapers.engine.pipelines.harvest import Harvest
from scrapers.engine.run import PHOTO, run_of
from sneakers_ml import images
from sneakers_ml.errors import BadImage
from sneakers_ml.files import write_atomically

__all__ = ["Photos"]


class _Thumbnail(FileException):
    """A photo too small to be one."""


class _AtomicStore(FSFilesStore):
    """Files that are there whole or not at all."""

    def persist_file(
        self,
        path: str | PathLike[str],
        buf: BytesIO,
        info: MediaPipeline.SpiderInfo,
        meta: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        file = Path(self.basedir, path)
        if not file.exists():
            write_atomically(file, buf.getvalue())


class Photos(FilesPipeline):
    """Photos are `photos/<sha1 of the bytes>.<extension by content>`; equal bytes are stored once.

    A URL that the journal or the last good crawl has is not asked for again. What is no photo, or a thumbnail, is left
    out with the reason. A listing whose photos were cut short by a stop is dropped here and comes again on resuming.
    """

    STORE_SCHEMES = {**FilesPipeline.STORE_SCHEMES, "": _AtomicStore, "file": _AtomicStore}  # noqa: RUF012 - Scrapy's

    def __init__(self, store_uri: str | PathLike[str], download_func: None = None, *, crawler: Crawler) -> None:
        super().__init__(store_uri, download_func, crawler=crawler)
        self.run = run_of(crawler)
        self._decoding = asyncio.Semaphore(1)  # photos in memory at a time, decoded

    def get_media_requests(self, item: object, info: MediaPipeline.SpiderInfo) -> list[Request]:
        """A request a photo, those of the same URL once."""
        if not isinstance(item, Harvest):
            return []
        private = self.run.base.private
        return [Request(private(url), callback=NO_CALLBACK, meta={PHOTO: url}) for url in self._urls(item)]

    def media_to_download(
        self, request: Request, info: MediaPipeline.SpiderInfo, *, item: Any = None
    ) -> Deferred[FileInfo | None] | None:
        """The stored photo, where the journal or the last good crawl has it."""
        url = request.meta[PHOTO]
        stored, good = self.run.journal.photos.get(url), self.run.known_photos.get(url)
        if stored is not None and (self.run.folder.harvest / stored).is_file():
            return deferred_from_coro(self._checked(url, stored))
        if good is not None and (self.run.folder.raw / good).is_file():
            return succeed(self._uptodate(url, good))
        return None

    def media_failed(self, failure: Failure, request: Request, info: MediaPipeline.SpiderInfo) -> NoReturn:
        """Keep the reason, which Scrapy's own pipeline only logs."""
        error = failure.value
        if isinstance(error, FileException):
            raise error
        if isinstance(error, IgnoreRequest):
            super().media_failed(failure, request, info)
        raise FileException(str(error) or type(error).__name__) from error

    async def media_downloaded(
        self, response: Response, request: Request, info: MediaPipeline.SpiderInfo, *, item: Any = None
    ) -> FileInfo:
        """Store what came; say why where nothing usable did."""
        if response.status != 200:
            raise FileException(f"HTTP {response.status}")
        return await super().media_downloaded(response, request, info, item=item)

    def file_path(
        self,
        request: Request,
        response: Response | None = None,
        info: MediaPipeline.SpiderInfo | None = None,
        *,
        item: Any = None,
    ) -> str:
        """The name that the content gives."""
        body = response.body if response is not None else b""
        try:
            extension = images.sniff_extension(body)
        except BadImage as error:
            raise FileException(_words(error)) from None
        return f"photos/{hashlib.sha1(body, usedforsecurity=False).hexdigest()}.{extension}"

    async def file_downloaded(
        self, response: Response, request: Request, info: MediaPipeline.SpiderInfo, *, item: Any = None
    ) -> str:
        """Store the photo, note it in the journal, then see whether it is any good; returns the hash.

        In this order a kill costs no photo that has arrived; one that is no good is never published.
        """
        path = self.file_path(request, response=response, info=info, item=item)
        self.store.persist_file(path, BytesIO(response.body), info)
        self.run.journal.add_photo(request.meta[PHOTO], path)
        await self._check(response.body)
        return Path(path).stem

    def item_completed(self, results: list[FileInfoOrError], item: Any, info: MediaPipeline.SpiderInfo) -> Any:
        """Give the listing its photos, in the gallery's order.

        Raises:
            DropItem: the crawl was stopped before all photos had come.
        """
        if not isinstance(item, Harvest):
            return item
        urls = self._urls(item)
        views = dict(zip(item.listing.photo_urls, item.views, strict=False))
        files: dict[str, str] = {}
        for url, result in zip(urls, results, strict=True):
            if result[0] is True:
                files.setdefault(result[1]["path"], url)
            else:
                error = result[1].value
                item.faults.append(PhotoFault(url, str(error), thumbnail=isinstance(error, _Thumbnail)))
        if item.faults and self.run.stopping.is_set():
            raise DropItem(f"{item}: stopped before its photos had come", log_level="DEBUG")
        seen = tuple(views.get(url) for url in files.values())
        update = {"photo_urls": tuple(files.values()), "photo_files": tuple(files)}
        item.listing = item.listing.model_copy(update=update | {"photo_views": seen if any(seen) else ()})
        return item

    async def _checked(self, url: str, file: str) -> FileInfo | None:
        """A photo of this run, which may have been killed before it had looked at it."""
        await self._check((self.run.folder.harvest / file).read_bytes())
        return self._uptodate(url, file)

    async def _check(self, body: bytes) -> None:
        async with self._decoding:
            await asyncio.to_thread(_check, body, self.run.params.limits.photo_side)

    def _uptodate(self, url: str, file: str) -> FileInfo:
        self.inc_stats("uptodate")
        return FileInfo(url=url, path=file, checksum=None, status="uptodate")

    def _urls(self, item: Harvest) -> list[str]:
        return list(dict.fromkeys(item.listing.photo_urls))[: self.run.params.limits.photos]


def _check(body: bytes, least: int) -> None:
    """Decode a photo as its users will, at the size that tells a thumbnail.

    Raises:
        FileException: with the reason.
    """
    try:
        photo = images.decode(body, longest_side=least)
    except BadImage as error:
        raise FileException(_words(error)) from None
    if max(photo.shape[:2]) < least:
        raise _Thumbnail(f"a thumbnail: {photo.shape[1]} x {photo.shape[0]} pixels")


def _words(error: BadImage) -> str:
    """What is wrong, without the advice to the person who would have sent the photo."""
    return str(error).partition(". ")[0]
