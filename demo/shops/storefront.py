"""One shop as an aiohttp application: its pages, what is wrong with them, and a log of who asked."""

from __future__ import annotations

import asyncio
import hashlib
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path

from aiohttp import web

from demo.shops.faults import break_markup, cut_json
from demo.shops.pages import SITES
from demo.shops.pages.listings import Listings
from demo.shops.pages.reply import Reply
from demo.shops.shop_photos import FORMS, photo_bytes

__all__ = ["CHANGED", "Hit", "Storefront"]

CHANGED = datetime(2025, 12, 1, tzinfo=UTC)
"""When the shops last changed anything."""
KEPT_PHOTOS = 128
HUGE = 2 * 1024**3
CHUNK = 1024**2
PIECE = 1024
NOT_FOUND = Reply(b"<!doctype html><title>404</title><h1>Not found</h1>", status=404)


@dataclass(frozen=True, slots=True)
class Hit:
    """One request and how it was answered."""

    method: str
    path: str
    """With the query."""
    status: int
    user_agent: str
    conditional: bool
    """It asked for the page only if it had changed."""
    at: float
    """Seconds of a monotonic clock, when the request came."""


class Storefront:
    """Answers for one shop."""

    def __init__(self, folder: Path, listings: Listings, feeds: bool) -> None:
        self.listings, self.faults = listings, listings.faults
        self.site = SITES[listings.shop](listings, feeds)
        self.hits: list[Hit] = []
        self._pages = 0
        self._limited_until = 0.0
        self._since_limit = 0
        # made when first asked for, and the last few kept
        self._photo_bytes = lru_cache(KEPT_PHOTOS)(partial(photo_bytes, folder, listings.shop))

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
        faults = self.faults
        reply = self.site.answer(request.path, request.query, f"http://{request.host}") or NOT_FOUND
        if request.path != "/robots.txt" and (reply.photo is None or faults.fail_photos):
            failure = self._failure()
            if failure is not None:
                return failure
        if reply.photo is not None:
            at_fault = reply.photo == self.listings.bad_photo
        else:
            at_fault = reply.offer is not None and reply.offer == self.listings.bad_offer
        if (faults.huge_body and at_fault) or (faults.huge_feed and reply.later):
            return await self._send_for_ever(request, reply)
        if faults.redirect_to and at_fault:
            return web.Response(status=302, headers={"Location": faults.redirect_to})
        if reply.photo is None:
            return await self._page(request, reply)
        headers = {"Content-Type": FORMS[reply.photo.form][0], "Cache-Control": "public, max-age=31557600"}
        response = _unless_known(request, f"{reply.photo}{reply.width}".encode(), headers)
        if response.status == 200:
            response.body = await asyncio.to_thread(self._photo_bytes, reply.photo, reply.width)
        return response

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

    async def _send_for_ever(self, request: web.Request, reply: Reply) -> web.StreamResponse:
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
        headers = {"Content-Type": reply.content_type, **reply.headers}
        if reply.status != 200:
            return web.Response(status=reply.status, body=reply.body, headers=headers)
        body = break_markup(reply.body) if self.faults.broken_markup else reply.body
        body = cut_json(body, reply.content_type) if self.faults.cut_json else body
        response = _unless_known(request, body, headers)
        if response.status != 200 or not self.faults.drip:
            response.body = body if response.status == 200 else None
            return response
        dripping = web.StreamResponse(headers=headers)
        dripping.content_length = len(body)
        await dripping.prepare(request)
        for start in range(0, len(body), PIECE):
            try:
                await dripping.write(body[start : start + PIECE])
            except ConnectionError:
                break
            await asyncio.sleep(self.faults.drip)
        return dripping


def _unless_known(request: web.Request, content: bytes, headers: dict[str, str]) -> web.Response:
    """A 200 still without its body, or a 304 where the visitor has the content already."""
    tag = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    if request.if_none_match is not None:
        known = any(wanted.value in ("*", tag) for wanted in request.if_none_match)
    else:
        known = request.if_modified_since is not None and request.if_modified_since >= CHANGED
    response = web.Response(status=304) if known else web.Response(headers=headers)
    response.headers["ETag"] = f'"{tag}"'
    response.last_modified = CHANGED
    return response
