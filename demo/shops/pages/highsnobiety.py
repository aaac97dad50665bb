"""highsnobiety: a Next.js shop, whose state travels with every page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from demo.shops.pages.reply import Reply, Site, as_json, common_page, html, page_number, photo_reply
from demo.shops.stock.offer import Offer

__all__ = ["Highsnobiety"]

HOME = "/en-us/shop"
CATEGORY = f"{HOME}/category/footwear/sneakers"
PRODUCT = f"{HOME}/product/"
PHOTOS = "/static/shop/"


class Highsnobiety(Site):
    """There are no feeds."""

    def answer(self, path: str, query: Mapping[str, str], base: str) -> Reply | None:
        """See Site."""
        if path in ("/", HOME):
            return Reply(html("highsnobiety/home.html", category=CATEGORY))
        if path == CATEGORY:
            return self.category(page_number(query.get("page")), base)
        if path.startswith(PRODUCT):
            return self.product(self.listings.by_slug.get(path.removeprefix(PRODUCT)), base)
        if path.startswith(PHOTOS):
            return photo_reply(self.listings.by_photo.get(path.removeprefix(PHOTOS)), query.get("w"))
        return common_page(path, base)

    def category(self, number: int, base: str) -> Reply:
        """One page of the only category; the search behind the shop, which the state holds, counts pages from 0."""
        page = self.listings.page(None, number)
        cards = [(offer, f"{PRODUCT}{offer.slug}", _photos(offer, base)) for offer in page.offers]
        hits = [
            {
                "objectID": offer.listing_id,
                "slug": offer.slug,
                "name": offer.title,
                "brand": offer.brand,
                "price": offer.price,
                "currency": offer.currency,
                "image": photos[0] if photos else None,
            }
            for offer, _, photos in cards
        ]
        results = {"hits": hits, "page": page.number - 1, "nbPages": page.pages, "nbHits": page.total}
        state = _state("/shop/category/[...slug]", {"results": results})
        body = html("highsnobiety/category.html", page=page, cards=cards, category=CATEGORY, state=state)
        return Reply(body, later=page.number > 1)

    def product(self, offer: Offer | None, base: str) -> Reply | None:
        """A listing's page."""
        if offer is None:
            return None
        url, photos = f"{base}{PRODUCT}{offer.slug}", _photos(offer, base) + self.listings.internal_photos(offer, base)
        others = [(other, f"{PRODUCT}{other.slug}", _photos(other, base)[0]) for other in self.listings.others(offer)]
        sale = {"compareAt": offer.old_price} if offer.old_price else {}
        product = {
            "id": offer.listing_id,
            "slug": offer.slug,
            "name": offer.title,
            "brand": {"name": offer.brand},
            "price": {"amount": offer.price, "currency": offer.currency, **sale},
            "gender": offer.gender,
            "description": "\n".join(offer.description),
            "images": [{"url": photo} for photo in photos],
        }
        recommended = [{"slug": other.slug, "name": other.title, "image": photo} for other, _, photo in others]
        price = {"price": f"{offer.price:.2f}", "priceCurrency": offer.currency}
        linked_data = {
            "@context": "https://schema.org",
            "@type": "Product",
            "name": offer.title,
            "image": photos,
            "description": "\n".join(offer.description),
            "brand": {"@type": "Brand", "name": offer.brand},
            "offers": {"@type": "Offer", **price, "url": url},
        }
        body = html(
            "highsnobiety/product.html",
            offer=offer,
            url=url,
            photos=photos,
            others=others,
            state=_state("/shop/product/[slug]", {"product": product, "recommended": recommended}),
            linked_data=as_json(linked_data),
        )
        return Reply(body, offer=offer)


def _photos(offer: Offer, base: str) -> list[str]:
    return [f"{base}{PHOTOS}{photo.name}" for photo in offer.photos]


def _state(route: str, page_props: dict[str, Any]) -> str:
    return as_json({"props": {"pageProps": page_props, "__N_SSP": True}, "page": route, "query": {}, "buildId": "demo"})
