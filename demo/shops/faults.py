"""What can go wrong at a shop, on demand."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["HEALTHY", "Faults", "break_markup", "cut_json"]


@dataclass(frozen=True, slots=True)
class Faults:
    """Everything a storefront can do badly; the default does nothing badly.

    A "page" is any answer but robots.txt and photos. The product page that `huge_body` and `redirect_to` hit is that of
    the shop's first listing; the photo is the first one of its second listing.
    """

    slow: float = 0.0
    """Seconds before each page."""
    drip: float = 0.0
    """Seconds between the pieces of 1 KiB in which a page comes."""
    status: int = 500
    """What failing pages answer."""
    status_every: int = 0
    """Each time so many pages have been asked for, the last of them fails; 1: all do."""
    fail_after: int | None = None
    """So many pages are answered, then all fail."""
    fail_photos: bool = False
    """Photos fail, too, as pages do; without this they never fail."""
    rate_limit: int = 0
    """After so many pages the shop answers 429 until `retry_after` seconds have passed, and counts anew."""
    retry_after: float = 1.0
    """Also the value of the header, rounded up to whole seconds."""
    broken_markup: bool = False
    """Prices and photos go by other names; everything else is as before."""
    cut_json: bool = False
    """JSON, on its own or within a page, ends in its middle."""
    empty_pages: bool = False
    """Collections hold nothing."""
    endless_paging: bool = False
    """Past the last page of a collection the last page comes again, with a link to the next."""
    invented_pages: bool = False
    """Past the last page come ever new listings."""
    huge_body: bool = False
    """A product page and a photo go on for 2 GB."""
    huge_feed: bool = False
    """So does the second page of each collection."""
    redirect_to: str | None = None
    """One product page and one photo redirect to this address."""
    internal_photo: bool = False
    """The first listing shows photos at addresses inside other people's networks, one by way of a redirect."""


HEALTHY = Faults()

_RENAMED = tuple(
    (old.encode(), new.encode())
    for old, new in (
        ('"price"', '"amountNow"'),
        ('"offers"', '"deals"'),
        ('"images"', '"media"'),
        ('"image"', '"pic"'),
        ('"featured_image"', '"hero"'),
        ("price-item--regular", "cost--main"),
        ("product-price", "product-cost"),
        ("Properties_priceValue", "Figures_amount"),
        ("productGallery", "mainSlides"),
        ("product-image", "main-slide"),
        ("product__media", "hero__frame"),
        ("og:image", "og:visual"),
        ("og:price", "og:cost"),
        ("pdp_image_zoom_", "hero_frame_"),
    )
)
_JSON_IN_PAGE = re.compile(
    rb"(<script[^>]*(?:application/(?:ld\+)?json|data-hypernova-key|__NEXT_DATA__)[^>]*>)(.*?)(</script>)", re.DOTALL
)


def break_markup(body: bytes) -> bytes:
    """The page after a redesign: it still reads well, but names of classes and keys have changed."""
    for old, new in _RENAMED:
        body = body.replace(old, new)
    return body


def cut_json(body: bytes, content_type: str) -> bytes:
    """A JSON body, or each piece of JSON in a page, without its second half."""
    if content_type.startswith("application/json"):
        return body[: len(body) // 2]
    return _JSON_IN_PAGE.sub(lambda found: found[1] + found[2][: len(found[2]) // 2] + found[3], body)
