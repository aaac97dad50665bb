"""One shop as an aiohttp application: its pages, what is wrong with them, and a log of who asked."""

from __future__ import annotations

import asyncio
import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path

from aiohttp import web

from demo.shops.faults import Faults, break_markup, cut_json
from demo.shops.hits import Hit
from demo.shops.offer import ShopPhoto
from demo.shops.pages import SITES, Reply, Shelf
from demo.shops.photos import FORMS, render_photo

__all__ = ["CHANGED", "Storefront"]

CHANGED = 1_764_547_200
"""When the shops last changed anything, in seconds since 1970: 2025-12-01T00:00:00Z."""
KEPT_PHOTOS = 128
HUGE = 2 * 1024**3
CHUNK = 1024**2
PIECE = 1024
NOT_FOUND = Reply(b"<!doctype html><title>404</title><h1>Not found</h1>", status=404)


class Storefront:
    """Answers for one shop."""

    def __init__(self, folder: Path, shelf: Shelf, feeds: bool) -> None:
        self.folder = folder
        self.shelf = shelf
        self.faults: Faults = shelf.faults
        self.site = SITES[shelf.shop](shelf, feeds)
        self.hits: list[Hit] = []
        self._pages = 0
        self._limited_until = 0.0
        self._since_limit = 0
        self._photos: OrderedDict[tuple[str, int | None], bytes] = OrderedDict()

    def application(self) -> web.Application:
        """The application to serve."""
        app = web.Application(middlewares=[self._log])
        app.router.add_get("/{path:.*}", self.get)
        return app

    @web.middleware
    async def _log(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        status, came = 500, time.monotonic()
        try:
            response = await handler(request)
            status = response.status
            return response
        except web.HTTPException as error:
            status = error.status
            raise
        finally:
            asked = request.headers
            conditional = "If-None-Match" in asked or "If-Modified-Since" in asked
            agent = asked.get("User-Agent", "")
            self.hits.append(Hit(request.method, request.path_qs, status, agent, conditional, came))

    async def get(self, request: web.Request) -> web.StreamResponse:
        """Find the page, then let the faults have it."""
        reply = self.site.answer(request.path, request.query, f"http://{request.host}") or NOT_FOUND
        if request.path != "/robots.txt" and (reply.photo is None or self.faults.fail_photos):
            failure = self._failure()
            if failure is not None:
                return failure
        if self._is_huge(reply):
            return await self._huge(request, reply)
        if self.faults.redirect_to and self._is_bad(reply):
            return web.Response(status=302, headers={"Location": self.faults.redirect_to})
        if reply.photo is not None:
            return await self._photo(request, reply.photo, reply.width)
        return await self._page(request, reply)

    def _failure(self) -> web.Response | None:
        """The answer of a page that fails, if this one is to."""
        faults, now = self.faults, time.monotonic()
        self._pages += 1
        if faults.rate_limit:
            if self._since_limit >= faults.rate_limit:
                self._limited_until, self._since_limit = now + faults.retry_after, 0
            if now < self._limited_until:
                return web.Response(status=429, headers={"Retry-After": str(math.ceil(faults.retry_after))})
            self._since_limit += 1
        spent = faults.fail_after is not None and self._pages > faults.fail_after
        if spent or (faults.status_every and self._pages % faults.status_every == 0):
            return web.Response(status=faults.status, text="Something went wrong.")
        return None

    def _is_bad(self, reply: Reply) -> bool:
        """It is the product page, or the photo, that is at fault."""
        if reply.photo is not None:
            return reply.photo == self.shelf.bad_photo
        return reply.offer is not None and reply.offer == self.shelf.bad_offer

    def _is_huge(self, reply: Reply) -> bool:
        return (self.faults.huge_body and self._is_bad(reply)) or (self.faults.huge_feed and reply.later)

    async def _huge(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        """Goes on for 2 GB without saying so beforehand, or until the visitor has had enough."""
        response = web.StreamResponse()
        response.content_type = "image/jpeg" if reply.photo else reply.content_type.partition(";")[0]
        response.enable_chunked_encoding()
        await response.prepare(request)
        piece = b" " * CHUNK
        for _ in range(HUGE // CHUNK):
            try:
                await response.write(piece)
            except ConnectionError:
                break
        return response

    async def _page(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        if self.faults.slow:
            await asyncio.sleep(self.faults.slow)
        body = reply.body
        if reply.status == 200 and self.faults.broken_markup:
            body = break_markup(body)
        if reply.status == 200 and self.faults.cut_json:
            body = cut_json(body, reply.content_type)
        headers = {"Content-Type": reply.content_type, **reply.headers}
        if reply.status != 200:
            return web.Response(status=reply.status, body=body, headers=headers)
        response = _unless_known(request, hashlib.sha1(body, usedforsecurity=False).hexdigest(), headers)
        if response.status == 200 and self.faults.drip:
            return await self._drip(request, body, headers)
        if response.status == 200:
            response.body = body
        return response

    async def _drip(self, request: web.Request, body: bytes, headers: dict[str, str]) -> web.StreamResponse:
        response = web.StreamResponse(headers=headers)
        response.content_length = len(body)
        await response.prepare(request)
        for start in range(0, len(body), PIECE):
            try:
                await response.write(body[start : start + PIECE])
            except ConnectionError:
                break
            await asyncio.sleep(self.faults.drip)
        return response

    async def _photo(self, request: web.Request, photo: ShopPhoto, width: int | None) -> web.StreamResponse:
        headers = {"Content-Type": FORMS[photo.form][0], "Cache-Control": "public, max-age=31557600"}
        tag = hashlib.sha1(f"{photo}{width}".encode(), usedforsecurity=False).hexdigest()
        response = _unless_known(request, tag, headers)
        if response.status == 200:
            response.body = await self._photo_bytes(photo, width)
        return response

    async def _photo_bytes(self, photo: ShopPhoto, width: int | None) -> bytes:
        """Made when first asked for, in a thread, and the last few kept."""
        key = (photo.name, width)
        if key not in self._photos:
            self._photos[key] = await asyncio.to_thread(render_photo, self.folder, self.shelf.shop, photo, width)
        self._photos.move_to_end(key)
        while len(self._photos) > KEPT_PHOTOS:
            self._photos.popitem(last=False)
        return self._photos[key]


def _unless_known(request: web.Request, tag: str, headers: dict[str, str]) -> web.Response:
    """A 200 still without its body, or a 304 where the visitor has the page already."""
    marks = {"ETag": f'"{tag}"', "Last-Modified": formatdate(CHANGED, usegmt=True)}
    wanted = request.headers.get("If-None-Match")
    if wanted is not None:
        known = any(one in ("*", f'"{tag}"') for one in _tags(wanted))
    else:
        known = _is_later(request.headers.get("If-Modified-Since"))
    return web.Response(status=304, headers=marks) if known else web.Response(headers={**headers, **marks})


def _tags(header: str) -> Iterator[str]:
    return (tag.strip().removeprefix("W/") for tag in header.split(","))


def _is_later(date: str | None) -> bool:
    """Whether the visitor's copy is as new as the page; a date that cannot be read is no copy."""
    if date is None:
        return False
    try:
        return parsedate_to_datetime(date).timestamp() >= CHANGED
    except ValueError:
        return False
