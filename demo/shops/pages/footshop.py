"""footshop: pages rendered on a server by React, with hashed class names and their data in a script."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import Any

from demo.shops.offer import Offer
from demo.shops.pages.reply import Reply, as_json, house_page, html, money, ornament, page_number
from demo.shops.pages.shelf import Shelf
from demo.shops.shelves import COLLECTIONS

__all__ = ["Footshop"]

PLACES = {"5-mens-shoes": "mens-shoes", "6-womens-shoes": "womens-shoes", "55-kids-sneakers-and-shoes": "kids-shoes"}
"""The folder of a product's address, by the first collection that holds it."""


class Footshop:
    """`feeds` is taken like every shop's and changes nothing: there are none."""

    def __init__(self, shelf: Shelf, feeds: bool = True) -> None:
        self.shelf = shelf
        self.feeds = feeds

    def answer(self, path: str, query: Mapping[str, str], base: str) -> Reply | None:
        """See Site."""
        if path in ("/", "/en", "/en/"):
            return Reply(html("footshop/home.html", collections=COLLECTIONS["footshop"]))
        if found := re.fullmatch(r"/en/(\d+-[a-z-]+)(?:/page-(\d+))?", path):
            return self._listing(found[1], page_number(found[2] or query.get("page")), base)
        if found := re.fullmatch(r"/en/[a-z-]+/(\d+)-[\w-]+\.html", path):
            return self._product(found[1], base)
        if path in ("/static/logo.png", "/static/size-chart.png"):
            return ornament()
        if path.startswith("/images/"):
            photo = self.shelf.by_photo(path.rpartition("/")[2])
            width = query.get("width")
            return Reply(photo=photo, width=min(page_number(width), 1024) if width else None) if photo else None
        return house_page(path, base)

    def _listing(self, name: str, number: int, base: str) -> Reply | None:
        if name not in PLACES:
            return None
        page = self.shelf.page(name, number)
        cards = [(offer, _address(offer, base), _photos(offer, base)) for offer in page.offers]
        body = html("footshop/listing.html", name=name, page=page, cards=cards, base=base, hashed=hashed)
        return Reply(body, later=page.number > 1)

    def _product(self, listing_id: str, base: str) -> Reply | None:
        offer = self.shelf.by_id(listing_id)
        if offer is None:
            return None
        photos = _photos(offer, base) + self.shelf.strange_photos(offer, base)
        others = [(other, _address(other, base), _photos(other, base)[0]) for other in self.shelf.others(offer)]
        recommended = [{"id": int(other.listing_id), "name": other.title, "image": photo} for other, _, photo in others]
        body = html(
            "footshop/product.html",
            offer=offer,
            base=base,
            url=_address(offer, base),
            photos=photos,
            others=others,
            hashed=hashed,
            state=as_json({"product_data": _state(offer, photos, recommended, base)}),
            linked_data=as_json(_linked_data(offer, photos, base)),
        )
        return Reply(body, offer=offer)


def hashed(name: str) -> str:
    """A class name as the bundler makes it: the component's, then a hash that a new release changes."""
    return f"{name}_{zlib.crc32(name.encode()) % 36**5:05x}"[: len(name) + 6]


def _address(offer: Offer, base: str) -> str:
    return f"{base}/en/{PLACES[offer.collections[0]]}/{offer.listing_id}-{offer.slug}.html"


def _photos(offer: Offer, base: str) -> list[str]:
    return [f"{base}/images/{offer.listing_id[:3]}/{photo.name}" for photo in offer.photos]


def _state(offer: Offer, photos: list[str], recommended: list[dict[str, Any]], base: str) -> dict[str, Any]:
    sale = {"value_old": f"{money(offer.old_price)} €"} if offer.old_price else {}
    return {
        "id": int(offer.listing_id),
        "name": offer.title,
        "color": offer.colour,
        "brand": {"name": offer.brand},
        "sku": offer.style_code or "",
        "url": _address(offer, base),
        "gender": offer.gender,
        "category": offer.kind,
        "price": {"value": f"{money(offer.price)} €", "currency": offer.currency, **sale},
        "images": {
            "main": {"image": photos[0]} if photos else None,
            "other": [{"image": photo, "position": place} for place, photo in enumerate(photos)],
        },
        "size_chart": {"image": f"{base}/static/size-chart.png"},
        "recommended": recommended,
    }


def _linked_data(offer: Offer, photos: list[str], base: str) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": offer.title,
        "color": offer.colour,
        "image": photos,
        "brand": {"@type": "Brand", "name": offer.brand},
        **({"sku": offer.style_code} if offer.style_code else {}),
        "offers": {
            "@type": "Offer",
            "price": f"{offer.price:.2f}",
            "priceCurrency": offer.currency,
            "url": _address(offer, base),
        },
    }
