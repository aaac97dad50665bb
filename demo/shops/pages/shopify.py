"""The three shops on Shopify: their JSON feeds are alike, their HTML differs by theme."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from demo.shops.offer import Offer
from demo.shops.pages.product_json import image_src, product_json, sizes_of, variants_of
from demo.shops.pages.reply import Reply, as_json, house_page, html, ornament, page_number
from demo.shops.pages.shelf import Shelf
from demo.shops.shelves import COLLECTIONS

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


class Shopify:
    """One of the shops; `feeds` False: every .json path is unknown."""

    def __init__(self, shelf: Shelf, feeds: bool = True) -> None:
        self.shelf = shelf
        self.shop = shelf.shop
        self.feeds = feeds
        self.everything = EVERYTHING[self.shop]
        self.collections = {
            "/".join(("sneakers", name)) if self.shop == "sneakerbaas" else name: name
            for name in COLLECTIONS[self.shop]
        } | dict.fromkeys(self.everything)

    def answer(self, path: str, query: Mapping[str, str], base: str) -> Reply | None:
        """See Site."""
        if path == "/":
            return Reply(html("shopify/home.html", shop=self.shop, collections=sorted(self.collections)))
        if path.startswith("/cdn/shop/files/"):
            return self._photo(path.rpartition("/")[2], query)
        if path.endswith(".json"):
            return self._feed(path.removesuffix(".json"), query, base) if self.feeds else None
        if found := re.fullmatch(r"(?:/[a-z]{2}-[A-Z]{2})?(?:/collections/[\w-]+)?/products/([\w-]+)", path):
            return self._product(found[1], base)
        if path.startswith("/collections/"):
            return self._collection(path.removeprefix("/collections/").strip("/"), query, base)
        return house_page(path, base)

    def _feed(self, path: str, query: Mapping[str, str], base: str) -> Reply | None:
        if found := re.fullmatch(r"/products/([\w-]+)", path):
            offer = self.shelf.by_slug(found[1])
            if offer is None:
                return None
            return _json({"product": product_json(offer, base, self._strange(offer, base), single=True)}, offer)
        found = re.fullmatch(r"(?:/collections/([\w/-]+))?/products", path)
        name = found[1] or self.everything[0] if found else ""
        if name not in self.collections:
            return None
        size = min(max(page_number(query.get("limit", "30")), 1), FEED_LIMIT)
        page = self.shelf.page(self.collections[name], page_number(query.get("page")), size)
        products = [product_json(offer, base, self._strange(offer, base)) for offer in page.offers]
        return _json({"products": products}, later=page.number > 1)

    def _collection(self, name: str, query: Mapping[str, str], base: str) -> Reply | None:
        if name not in self.collections:
            return None
        page = self.shelf.page(self.collections[name], page_number(query.get("page")))
        cards = [(offer, self._thumbnail(offer, base)) for offer in page.offers]
        inside = "/collections/sneakers" if self.shop == "sneakerbaas" else ""
        body = html(
            f"{self.shop}/collection.html", shop=self.shop, name=name, page=page, cards=cards, inside=inside, base=base
        )
        return Reply(body, later=page.number > 1)

    def _product(self, slug: str, base: str) -> Reply | None:
        offer = self.shelf.by_slug(slug)
        if offer is None:
            return None
        strange = self._strange(offer, base)
        whole = product_json(offer, base, strange)
        body = html(
            f"{self.shop}/product.html",
            shop=self.shop,
            offer=offer,
            base=base,
            photos=[image_src(self.shop, photo.name, base, "_x480") for photo in offer.photos] + strange,
            others=[(other, self._thumbnail(other, base)) for other in self.shelf.others(offer)],
            sizes=sizes_of(offer),
            details=_details(offer),
            linked_data=as_json(_linked_data(offer, whole, base)),
            meta=as_json({"product": _meta(offer), "page": {"pageType": "product", "resourceId": whole["id"]}}),
            choices=as_json(whole) if offer.swatches else "",
        )
        return Reply(body, offer=offer)

    def _strange(self, offer: Offer, base: str) -> list[str]:
        return self.shelf.strange_photos(offer, base)

    def _thumbnail(self, offer: Offer, base: str) -> str:
        return image_src(self.shop, offer.photos[0].name, base, "_480x480") if offer.photos else ""

    def _photo(self, name: str, query: Mapping[str, str]) -> Reply | None:
        suffix = SIZE_SUFFIX.search(name)
        plain = SIZE_SUFFIX.sub("", name)
        if plain in ("logo.png", "size-chart.png"):
            return ornament()
        photo = self.shelf.by_photo(plain)
        if photo is None:
            return None
        width = query.get("width") or query.get("w")
        if suffix:
            width = suffix["width"] or suffix["height"] or str(NAMED_SIZES.get(suffix["name"] or "", 480))
        return Reply(photo=photo, width=min(page_number(width), 1024) if width else None)


def _json(value: Any, offer: Offer | None = None, later: bool = False) -> Reply:
    return Reply(as_json(value).encode(), "application/json; charset=utf-8", offer=offer, later=later)


def _meta(offer: Offer) -> dict[str, Any]:
    """What Shopify itself writes into every product page, for its own statistics."""
    variants = [
        {
            "id": variant["id"],
            "price": round(float(variant["price"]) * 100),
            "name": f"{offer.title} - {variant['title']}",
            "public_title": variant["title"],
            "sku": variant["sku"],
        }
        for variant in variants_of(offer, ())
    ]
    return {"id": int(offer.listing_id), "vendor": offer.brand, "type": offer.kind, "variants": variants}


def _linked_data(offer: Offer, whole: Mapping[str, Any], base: str) -> dict[str, Any]:
    return {
        "@context": "http://schema.org/",
        "@type": "Product",
        "name": offer.title,
        "url": f"{base}/products/{offer.slug}",
        "image": [image["src"] for image in whole["images"]],
        "description": "\n".join(offer.description),
        "brand": {"@type": "Brand", "name": offer.brand},
        "offers": [
            {
                "@type": "Offer",
                "availability": f"http://schema.org/{'InStock' if variant['available'] else 'OutOfStock'}",
                "price": float(variant["price"]),
                "priceCurrency": offer.currency,
                "url": f"{base}/products/{offer.slug}?variant={variant['id']}",
            }
            for variant in whole["variants"]
        ],
    }


def _details(offer: Offer) -> list[tuple[str, str]]:
    """superkicks' pairs; a few pages have only half of them."""
    pairs = [
        ("Manufacturer", f"{offer.brand} India Pvt. Ltd."),
        ("Country of Origin", "Vietnam"),
        ("Weight", "0.95 KG"),
    ]
    if int(offer.listing_id) % 11 == 0:
        pairs = pairs[:1]
    return [*pairs, *([("Article Code", offer.style_code)] if offer.style_code else [])]
