"""The three shops on Shopify: their JSON feeds are alike, their HTML differs by theme."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from demo.shops.pages.listings import Listings
from demo.shops.pages.product_json import analytics_meta, image_src, linked_data, product_json, sizes_of
from demo.shops.pages.reply import Reply, Site, as_json, common_page, html, ornament, page_number, photo_reply
from demo.shops.stock.offer import Offer
from demo.shops.stock.placing import COLLECTIONS

__all__ = ["FEED_LIMIT", "Shopify"]

FEED_LIMIT = 50
"""The most products a feed gives at once, whatever is asked for: a page that is not full need not be the last."""
EVERYTHING = {
    "sneakerbaas": ("sneakers", "all"),
    "superkicks": ("all",),
    "kickscrew": ("all-shoes", "all", "shoes", "sneakers"),
}
"""Collections that hold the whole shop; the first is the one that pages link to."""
SIZE_SUFFIX = re.compile(r"_(?:(?P<width>\d+)?x(?P<height>\d+)?|(?P<name>small|medium|large|grande))(?=\.\w+$)")
NAMED_SIZES = {"small": 100, "medium": 240, "large": 480, "grande": 600}


class Shopify(Site):
    """One of the shops; `feeds` False: every .json path is unknown."""

    def __init__(self, listings: Listings, feeds: bool = True) -> None:
        super().__init__(listings, feeds)
        self.shop = listings.shop
        self.everything = EVERYTHING[self.shop]
        folder = "sneakers/" if self.shop == "sneakerbaas" else ""
        self.collections: dict[str, str | None] = {f"{folder}{name}": name for name in COLLECTIONS[self.shop]}
        self.collections |= dict.fromkeys(self.everything)

    def answer(self, path: str, query: Mapping[str, str], base: str) -> Reply | None:
        """See Site."""
        if path == "/":
            return Reply(html("shopify/home.html", shop=self.shop, collections=sorted(self.collections)))
        if path.startswith("/cdn/shop/files/"):
            return self.photo(path.rpartition("/")[2], query)
        if path.endswith(".json"):
            return self.feed(path.removesuffix(".json"), query, base) if self.feeds else None
        if found := re.fullmatch(r"(?:/[a-z]{2}-[A-Z]{2})?(?:/collections/[\w-]+)?/products/([\w-]+)", path):
            return self.product(self.listings.by_slug.get(found[1]), base)
        if path.startswith("/collections/"):
            return self.collection(path.removeprefix("/collections/").strip("/"), query, base)
        return common_page(path, base)

    def feed(self, path: str, query: Mapping[str, str], base: str) -> Reply | None:
        """One product, or one page of a collection's products, as JSON."""
        offer, later = None, False
        content: dict[str, Any]
        if found := re.fullmatch(r"/products/([\w-]+)", path):
            offer = self.listings.by_slug.get(found[1])
            if offer is None:
                return None
            content = {"product": self._json(offer, base, single=True)}
        else:
            found = re.fullmatch(r"(?:/collections/([\w/-]+))?/products", path)
            name = found[1] or self.everything[0] if found else ""
            if name not in self.collections:
                return None
            size = min(max(page_number(query.get("limit", "30")), 1), FEED_LIMIT)
            page = self.listings.page(self.collections[name], page_number(query.get("page")), size)
            content, later = {"products": [self._json(offer, base) for offer in page.offers]}, page.number > 1
        return Reply(as_json(content).encode(), "application/json; charset=utf-8", offer=offer, later=later)

    def collection(self, name: str, query: Mapping[str, str], base: str) -> Reply | None:
        """One page of a collection."""
        if name not in self.collections:
            return None
        page = self.listings.page(self.collections[name], page_number(query.get("page")))
        cards = [(offer, self._thumbnail(offer, base)) for offer in page.offers]
        inside = "/collections/sneakers" if self.shop == "sneakerbaas" else ""
        body = html(
            f"{self.shop}/collection.html", shop=self.shop, name=name, page=page, cards=cards, inside=inside, base=base
        )
        return Reply(body, later=page.number > 1)

    def product(self, offer: Offer | None, base: str) -> Reply | None:
        """A listing's page."""
        if offer is None:
            return None
        whole = self._json(offer, base)
        photos = [image_src(self.shop, photo.name, base, "_x480") for photo in offer.photos]
        details = [  # superkicks' pairs; a few pages have only half of them
            ("Manufacturer", f"{offer.brand} India Pvt. Ltd."),
            ("Country of Origin", "Vietnam"),
            ("Weight", "0.95 KG"),
        ][: 1 if int(offer.listing_id) % 11 == 0 else 3]
        body = html(
            f"{self.shop}/product.html",
            shop=self.shop,
            offer=offer,
            base=base,
            photos=photos + self.listings.internal_photos(offer, base),
            others=[(other, self._thumbnail(other, base)) for other in self.listings.others(offer)],
            sizes=sizes_of(offer),
            details=[*details, *([("Article Code", offer.style_code)] if offer.style_code else [])],
            linked_data=as_json(linked_data(offer, whole, base)),
            meta=as_json(
                {"product": analytics_meta(offer, whole), "page": {"pageType": "product", "resourceId": whole["id"]}}
            ),
            choices=as_json(whole) if offer.swatches else "",
        )
        return Reply(body, offer=offer)

    def _json(self, offer: Offer, base: str, single: bool = False) -> dict[str, Any]:
        return product_json(offer, base, self.listings.internal_photos(offer, base), single)

    def _thumbnail(self, offer: Offer, base: str) -> str:
        return image_src(self.shop, offer.photos[0].name, base, "_480x480") if offer.photos else ""

    def photo(self, name: str, query: Mapping[str, str]) -> Reply | None:
        """A photo or, by a suffix of its name or a width in the query, its thumbnail."""
        plain, suffix = SIZE_SUFFIX.sub("", name), SIZE_SUFFIX.search(name)
        if plain in ("logo.png", "size-chart.png"):
            return ornament()
        width = query.get("width") or query.get("w")
        if suffix:
            width = suffix["width"] or suffix["height"] or str(NAMED_SIZES.get(suffix["name"] or "", 480))
        return photo_reply(self.listings.by_photo.get(plain), width)
