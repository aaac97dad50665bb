"""Shorthand for reading a theme's own markup."""

from __future__ import annotations

import re

from parsel import Selector
from scrapy.http import TextResponse

from scrapers.extract.photo_urls import largest_of
from scrapers.extract.text import tidy

__all__ = ["heading", "pairs", "photos", "text_of", "texts_of"]


def text_of(page: TextResponse | Selector, query: str) -> str | None:
    """All text of the first element that a CSS query finds and that holds any, in one line."""
    return next(iter(texts_of(page, query)), None)


def texts_of(page: TextResponse | Selector, query: str) -> list[str]:
    """The text of each element that a CSS query finds, in one line; elements without text are left out."""
    found = (
        tidy(" ".join(one.xpath(".//text()[not(parent::script or parent::style)]").getall())) for one in page.css(query)
    )
    return [text for text in found if text]


def heading(response: TextResponse, query: str = "h1") -> str | None:
    """The heading, or the page's title without the shop's name behind its last dash or bar."""
    title = text_of(response, query) or text_of(response, "h1")
    if title:
        return title
    whole = text_of(response, "head title")
    return re.sub(r"\s+[-–|]\s+[^-–|]+$", "", whole) if whole else None


def photos(response: TextResponse, query: str) -> tuple[str, ...]:
    """The largest address of each image that a CSS query finds, or of the first image inside of what it finds."""
    found = (_photo(one) for one in response.css(query))
    return tuple(url for url in found if url)


def pairs(response: TextResponse, query: str) -> dict[str, str]:
    """Names and values: "Weight: 1 kg" in one element, or the name in one and the value in the next or behind it."""
    found: dict[str, str] = {}
    names = response.css(query)
    skip = False
    for place, one in enumerate(names):
        if skip:
            skip = False
            continue
        text = tidy(" ".join(one.xpath(".//text()").getall()))
        name, colon, value = (part.strip() for part in text.partition(":"))
        beside = one.xpath("./following-sibling::*[1]")
        if not value and beside and place + 1 < len(names) and beside[0].root is names[place + 1].root:
            skip = not colon
            value = tidy(" ".join(beside.xpath(".//text()").getall())) if skip else ""
        elif not value:
            value = tidy(
                " ".join(one.xpath("./following-sibling::node()//text() | ./following-sibling::text()").getall())
            )
        if name and value:
            found.setdefault(name, value.lstrip(": "))
    return found


def _photo(one: Selector) -> str | None:
    for image in [one, *one.css("source, img")]:
        found = [largest_of(image.attrib.get(name, "")) for name in ("srcset", "data-srcset")]
        found += [image.attrib.get(name) for name in ("data-zoom", "data-src", "src", "href")]
        if url := next(filter(None, found), None):
            return url
    return None
