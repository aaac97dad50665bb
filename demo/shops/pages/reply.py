"""What a storefront answers, before any fault has touched it, and the pages that all shops have."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo.shops.pages.listings import Listings
from demo.shops.stock.offer import Offer, ShopPhoto

__all__ = ["Reply", "Site", "as_json", "common_page", "html", "money", "ornament", "page_number", "photo_reply"]

FORBIDDEN = ("/cart", "/checkout", "/search", "/account")
ROBOTS = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in (*FORBIDDEN, "/collections/*sort_by*"))
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates"), autoescape=True, undefined=StrictUndefined
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `offer` is set on a product's page, `photo` on a photo, whose bytes are made when they are sent."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    offer: Offer | None = None
    photo: ShopPhoto | None = None
    width: int | None = None
    """Of a thumbnail."""
    later: bool = False
    """A collection's second or later page."""


class Site(ABC):
    """One shop's pages; `feeds` False: it has no JSON at addresses of its own."""

    def __init__(self, listings: Listings, feeds: bool = True) -> None:
        self.listings = listings
        self.feeds = feeds

    @abstractmethod
    def answer(self, path: str, query: Mapping[str, str], base: str) -> Reply | None:
        """The reply to a GET, None where there is no such page; `base` is scheme and host, no trailing slash."""


def money(amount: float) -> str:
    """120 -> "120", 122.5 -> "122.50", 14999 -> "14,999"."""
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}"


TEMPLATES.filters["money"] = money


def html(template: str, **values: Any) -> bytes:
    """A page from templates/<shop>/<page>.html."""
    return TEMPLATES.get_template(template).render(**values).encode()


def as_json(value: Any) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")


def common_page(path: str, base: str) -> Reply | None:
    """robots.txt, and the pages that every shop has and no crawler should want."""
    if path == "/robots.txt":
        return Reply(ROBOTS.encode(), "text/plain; charset=utf-8")
    if path.startswith(FORBIDDEN):
        return Reply(b"<!doctype html><title>For people</title><p>Nothing for crawlers here.</p>")
    if path == "/moved/photo.jpg":
        return Reply(status=302, headers={"Location": f"{base.replace('127.0.0.1', 'localhost')}/internal/photo.jpg"})
    if path.startswith("/internal/"):
        return Reply(b"not for you", "text/plain; charset=utf-8")
    return None


@cache
def ornament() -> Reply:
    """A logo, a size chart: real pictures in real pages, and no photos of sneakers."""
    picture = np.full((120, 360, 3), 255, np.uint8)
    cv2.ellipse(picture, (180, 60), (120, 40), 0, 0, 360, (40, 40, 40), -1, cv2.LINE_AA)
    return Reply(bytes(cv2.imencode(".png", picture)[1].tobytes()), "image/png")


def photo_reply(photo: ShopPhoto | None, width: str | None) -> Reply | None:
    """A photo, or its thumbnail of a width that stands in the address, at most 1024 pixels."""
    return Reply(photo=photo, width=min(page_number(width), 1024) if width else None) if photo else None


def page_number(text: str | None) -> int:
    """A page's number from its address; the first where it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and 0 < int(text) < 10**6 else 1
