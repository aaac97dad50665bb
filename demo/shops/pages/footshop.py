"""footshop: pages rendered on a server by React, with hashed class names and their data in a script."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping

from demo.shops.pages.reply import Reply, Site, as_json, common_page, html, money, ornament, page_number, photo_reply
from demo.shops.stock.offer import Offer
from demo.shops.stock.placing import COLLECTIONS

__all__ = ["Footshop"]

FOLDERS = {"5-mens-shoes": "mens-shoes", "6-womens-shoes": "womens-shoes", "55-kids-sneakers-and-shoes": "kids-shoes"}
"""Where a product's address lies, by the first collection that holds it."""


class Footshop(Site):
    """There are no feeds."""

    def answer(self, path: str, query: Mapping[str, str], base: str) -> Reply | None:
        """See Site."""
        if path in ("/", "/en", "/en/"):
            return Reply(html("footshop/home.html", collections=COLLECTIONS["footshop"]))
        if found := re.fullmatch(r"/en/(\d+-[a-z-]+)(?:/page-(\d+))?", path):
            return self.collection(found[1], page_number(found[2] or query.get("page")), base)
        if found := re.fullmatch(r"/en/[a-z-]+/(\d+)-[\w-]+\.html", path):
            return self.product(self.listings.by_id.get(found[1]), base)
        if path in ("/static/logo.png", "/static/size-chart.png"):
            return ornament()
        if path.startswith("/images/"):
            return photo_reply(self.listings.by_photo.get(path.rpartition("/")[2]), query.get("width"))
        return common_page(path, base)

    def collection(self, name: str, number: int, base: str) -> Reply | None:
        """One page of a collection."""
        if name not in FOLDERS:
            return None
        page = self.listings.page(name, number)
        cards = [(offer, _address(offer, base), _photos(offer, base)) for offer in page.offers]
        body = html("footshop/listing.html", name=name, page=page, cards=cards, base=base, hashed=hashed)
        return Reply(body, later=page.number > 1)

    def product(self, offer: Offer | None, base: str) -> Reply | None:
        """A listing's page."""
        if offer is None:
            return None
        url, photos = _address(offer, base), _photos(offer, base) + self.listings.internal_photos(offer, base)
        others = [(other, _address(other, base), _photos(other, base)[0]) for other in self.listings.others(offer)]
        sale = {"value_old": f"{money(offer.old_price)} €"} if offer.old_price else {}
        state = {
            "id": int(offer.listing_id),
            "name": offer.title,
            "color": offer.colour,
            "brand": {"name": offer.brand},
            "sku": offer.style_code or "",
            "url": url,
            "gender": offer.gender,
            "category": offer.kind,
            "price": {"value": f"{money(offer.price)} €", "currency": offer.currency, **sale},
            "images": {
                "main": {"image": photos[0]} if photos else None,
                "other": [{"image": photo, "position": place} for place, photo in enumerate(photos)],
            },
            "size_chart": {"image": f"{base}/static/size-chart.png"},
            "recommended": [{"id": int(o.listing_id), "name": o.title, "image": photo} for o, _, photo in others],
        }
        price = {"price": f"{offer.price:.2f}", "priceCurrency": offer.currency}
        linked_data = {
            "@context": "https://schema.org",
            "@type": "Product",
            "name": offer.title,
            "color": offer.colour,
            "image": photos,
            "brand": {"@type": "Brand", "name": offer.brand},
            **({"sku": offer.style_code} if offer.style_code else {}),
            "offers": {"@type": "Offer", **price, "url": url},
        }
        body = html(
            "footshop/product.html",
            offer=offer,
            base=base,
            url=url,
            photos=photos,
            others=others,
            hashed=hashed,
            state=as_json({"product_data": state}),
            linked_data=as_json(linked_data),
        )
        return Reply(body, offer=offer)


def hashed(name: str) -> str:
    """A class name as the bundler makes it: the component's, then a hash that a new release changes."""
    return f"{name}_{zlib.crc32(name.encode()) % 36**5:05x}"[: len(name) + 6]


def _address(offer: Offer, base: str) -> str:
    return f"{base}/en/{FOLDERS[offer.collections[0]]}/{offer.listing_id}-{offer.slug}.html"


def _photos(offer: Offer, base: str) -> list[str]:
    return [f"{base}/images/{offer.listing_id[:3]}/{photo.name}" for photo in offer.photos]
