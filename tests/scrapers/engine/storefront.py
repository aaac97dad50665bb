"""A shop of JSON pages on loopback, small enough to see through, and its relatives that misbehave.

/list/<collection>?page=N names the products of a page; /p/<id> tells of one; /photo/<id>-<n>.png is a photo of it.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.corpus import draw_shoe, encode

__all__ = ["Answer", "Hit", "Shop", "open_shops"]

PAGE = 5
"""Products a page of a list."""


@dataclass
class Answer:
    """What is sent back; `endless` goes on with the body's last byte until the client has had enough."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    endless: bool = False
    pause: float = 0.0
    """Seconds between two bytes of an endless answer."""


@dataclass(frozen=True)
class Hit:
    """One request as it came."""

    path: str
    conditional: bool
    agent: str
    at: float


class Shop:
    """A shop in good order, with `count` products, each with two photos, all of them in both collections."""

    def __init__(self, name: str = "alpha", count: int = 12) -> None:
        self.name, self.count = name, count
        self.hits: list[Hit] = []
        self.seconds = 0.0
        """How long an answer takes."""
        self.server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def asked(self, start: str = "/") -> list[str]:
        """Paths asked for, in order, that begin so."""
        return [hit.path for hit in self.hits if hit.path.startswith(start)]

    def answer(self, path: str) -> Answer:
        """The answer to a request."""
        if path == "/robots.txt":
            return self.robots()
        kind, _, rest = path.strip("/").partition("/")
        if kind == "list":
            return self.listed(rest.partition("?")[0], int(rest.rpartition("=")[2]))
        if kind == "p" and 1 <= int(rest) <= self.count:
            return Answer(json.dumps(self.product(int(rest))).encode())
        if kind == "photo":
            number, _, shot = rest.removesuffix(".png").partition("-")
            return self.photo(int(number), int(shot))
        return Answer(status=404)

    def robots(self) -> Answer:
        return Answer(status=404)

    def listed(self, _collection: str, page: int) -> Answer:
        ids = list(range(1, self.count + 1))[(page - 1) * PAGE : page * PAGE]
        return Answer(json.dumps({"ids": ids, "more": page * PAGE < self.count}).encode())

    def product(self, number: int) -> dict[str, Any]:
        return {
            "title": f"Model {number}",
            "brand": "Arvo",
            "price": 100.0 + number,
            "photos": [f"/photo/{number}-{shot}.png" for shot in (1, 2)],
        }

    def photo(self, number: int, shot: int) -> Answer:
        return Answer(png(number * 10 + shot))


@functools.cache
def png(seed: int, side: int = 64) -> bytes:
    """A photo, another one for each seed."""
    return encode(draw_shoe(side, side, seed=seed), "PNG")


class Handler(BaseHTTPRequestHandler):
    """Says what the shop says, and notes who asked."""

    protocol_version = "HTTP/1.1"
    shop: Shop

    def do_GET(self) -> None:
        shop, agent = self.shop, self.headers.get("User-Agent", "")
        known = self.headers.get("If-None-Match")
        shop.hits.append(Hit(self.path, known is not None, agent, time.monotonic()))
        time.sleep(shop.seconds)
        answer = shop.answer(self.path)
        tag = f'"{hashlib.sha1(answer.body, usedforsecurity=False).hexdigest()}"'
        if answer.status == 200 and known == tag:
            answer = Answer(status=304)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.endless:
            self._go_on(answer)
            return
        if answer.status == 200:
            self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _go_on(self, answer: Answer) -> None:
        self.send_header("Connection", "close")
        self.end_headers()
        piece = answer.body if answer.pause else answer.body * 65_536
        try:
            while True:
                self.wfile.write(piece)
                time.sleep(answer.pause)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing on screen."""


class Server(ThreadingHTTPServer):
    """Threads that end with the process; a client that hangs up is no news."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A connection that was cut."""


@contextmanager
def open_shops(*shops: Shop) -> Iterator[Mapping[str, str]]:
    """Serve shops while the block lasts; gives their addresses by name."""
    with ExitStack() as stack:
        for shop in shops:
            handler = type("ShopHandler", (Handler,), {"shop": shop})
            shop.server = stack.enter_context(Server(("127.0.0.1", 0), handler))
            thread = threading.Thread(target=shop.server.serve_forever, args=(0.02,), daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(shop.server.shutdown)
        yield {shop.name: shop.address for shop in shops}


class Failing(Shop):
    """Every product's page fails."""

    def answer(self, path: str) -> Answer:
        return Answer(status=500) if path.startswith("/p/") else super().answer(path)


class Limited(Shop):
    """Asks to be left alone for a second, once; and is hurt when it is not."""

    def answer(self, path: str) -> Answer:
        if path == "/p/3" and self.asked("/p/3") == ["/p/3"]:
            return Answer(status=429, headers={"Retry-After": "1"})
        return super().answer(path)


class Away(Shop):
    """Asks to be left alone for an hour."""

    def answer(self, path: str) -> Answer:
        if path == "/p/3":
            return Answer(status=503, headers={"Retry-After": "3600"})
        return super().answer(path)


class Redesigned(Shop):
    """Prices go by another name."""

    def product(self, number: int) -> dict[str, Any]:
        return {**super().product(number), "price": None, "cost": 100}


class Endless(Shop):
    """There is always a next page, with products never seen."""

    def listed(self, _collection: str, page: int) -> Answer:
        return Answer(json.dumps({"ids": [1_000 + page], "more": True}).encode())

    def answer(self, path: str) -> Answer:
        return Answer(json.dumps(self.product(1)).encode()) if path.startswith("/p/") else super().answer(path)


class Huge(Shop):
    """One page has no end."""

    def answer(self, path: str) -> Answer:
        return Answer(b" ", endless=True) if path == "/p/1" else super().answer(path)


class Flood(Shop):
    """No photo has an end."""

    def photo(self, _number: int, _shot: int) -> Answer:
        return Answer(b" ", endless=True)


class Bomb(Shop):
    """One page is small only as long as it is packed."""

    def answer(self, path: str) -> Answer:
        packed = Answer(_packed_zeros(), headers={"Content-Encoding": "gzip"})
        return packed if path == "/p/1" else super().answer(path)


@functools.cache
def _packed_zeros() -> bytes:
    return gzip.compress(b"0" * 50_000_000, 6)


class Dripping(Shop):
    """One page comes a byte at a time."""

    def answer(self, path: str) -> Answer:
        return Answer(b" ", endless=True, pause=0.1) if path == "/p/1" else super().answer(path)


class Redirecting(Shop):
    """One page lies elsewhere."""

    elsewhere = ""

    def answer(self, path: str) -> Answer:
        if path == "/p/1":
            return Answer(status=302, headers={"Location": f"{self.elsewhere}/p/1"})
        return super().answer(path)


class Prying(Shop):
    """Its first product shows photos of other people's networks, under all the names that loopback goes by."""

    def product(self, number: int) -> dict[str, Any]:
        if number > 1:
            return super().product(number)
        port = self.address.rpartition(":")[2]
        inside = (
            "169.254.169.254",
            f"localhost:{port}",
            f"127.1:{port}",
            "2130706433",
            "[::1]",
            "10.0.0.1",
            "127.0.0.1:9",
        )
        hidden = [f"http://{host}/photo/1-1.png" for host in inside]
        return {**super().product(number), "photos": [*hidden, "/photo/1-2.png", "/photo/77-1.png"]}

    def photo(self, number: int, shot: int) -> Answer:
        if number == 77:
            return Answer(status=302, headers={"Location": "http://169.254.169.254/photo/77-2.png"})
        return super().photo(number, shot)


class Careless(Shop):
    """Of product 1 the photos are a page, half a photo, a thumbnail, the same photo twice, and a good one."""

    def photo(self, number: int, shot: int) -> Answer:
        if number > 1:
            return super().photo(number, shot)
        odd = {1: b"<html>oops</html>", 2: png(1)[: len(png(1)) // 2], 3: png(2, 47), 4: png(3), 5: png(3), 6: png(4)}
        return Answer(odd[shot])

    def product(self, number: int) -> dict[str, Any]:
        if number > 1:
            return super().product(number)
        return {**super().product(number), "photos": [f"/photo/1-{shot}.png" for shot in range(1, 7)]}


class Closed(Shop):
    """Its robots.txt cannot be had."""

    def robots(self) -> Answer:
        return Answer(status=503)


class Private(Shop):
    """Its robots.txt keeps everybody away from product 2."""

    def robots(self) -> Answer:
        return Answer(b"User-agent: *\nDisallow: /p/2\n")
