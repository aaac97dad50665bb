"""What a storefront answers, before any fault has touched it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo.shops.offer import Offer, ShopPhoto

__all__ = ["ROBOTS", "Reply", "Site", "as_json", "house_page", "html", "money", "ornament", "page_number", "robots"]

FORBIDDEN = ("/cart", "/checkout", "/search", "/account")
ROBOTS = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in (*FORBIDDEN, "/collections/*sort_by*"))


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


class Site(Protocol):
    """One shop's pages."""

    def answer(self, path: str, query: Mapping[str, str], base: str) -> Reply | None:
        """The reply to a GET, None where there is no such page; `base` is scheme and host, no trailing slash."""


@cache
def _templates() -> Environment:
    folder = Path(__file__).parent.parent / "templates"
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
    environment.filters["money"] = money
    return environment


def money(amount: float) -> str:
    """120 -> "120", 122.5 -> "122.50", 14999 -> "14,999"."""
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}"


def html(template: str, **values: Any) -> bytes:
    """A page from templates/<shop>/<page>.html."""
    return _templates().get_template(template).render(**values).encode()


def as_json(value: Any) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")


def robots() -> Reply:
    """robots.txt, the same for every shop."""
    return Reply(ROBOTS.encode(), "text/plain; charset=utf-8")


def house_page(path: str, base: str) -> Reply | None:
    """The pages that every shop has and no crawler should want."""
    if path == "/robots.txt":
        return robots()
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


def page_number(text: str | None) -> int:
    """A page's number from its address; the first where it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and 0 < int(text) < 10**6 else 1
