"""highsnobiety: a Next.js shop, whose state travels with every page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from demo.shops.offer import Offer
from demo.shops.pages.reply import Reply, as_json, house_page, html, page_number
from demo.shops.pages.shelf import PageOf, Shelf

__all__ = ["Highsnobiety"]

HOME = "/en-us/shop"
CATEGORY = f"{HOME}/category/footwear/sneakers"
PRODUCT = f"{HOME}/product/"
PHOTOS = "/static/shop/"


class Highsnobiety:
    """`feeds` is taken like every shop's and changes nothing: there are none."""

    def __init__(self, shelf: Shelf, feeds: bool = True) -> None:
        self.shelf = shelf
        self.feeds = feeds

    def answer(self, path: str, query: Mapping[str, str], base: str) -> Reply | None:
        """See Site."""
        if path in ("/", HOME):
            return Reply(html("highsnobiety/home.html", category=CATEGORY))
        if path == CATEGORY:
            return self._category(page_number(query.get("page")), base)
        if path.startswith(PRODUCT):
            return self._product(path.removeprefix(PRODUCT), base)
        if path.startswith(PHOTOS):
            photo = self.shelf.by_photo(path.removeprefix(PHOTOS))
            width = query.get("w")
            return Reply(photo=photo, width=min(page_number(width), 1024) if width else None) if photo else None
        return house_page(path, base)

    def _category(self, number: int, base: str) -> Reply:
        page = self.shelf.page(None, number)
        cards = [(offer, f"{PRODUCT}{offer.slug}", _photos(offer, base)) for offer in page.offers]
        state = _state("/shop/category/[...slug]", {"results": _results(page, base)})
        body = html("highsnobiety/category.html", page=page, cards=cards, category=CATEGORY, state=state)
        return Reply(body, later=page.number > 1)

    def _product(self, slug: str, base: str) -> Reply | None:
        offer = self.shelf.by_slug(slug)
        if offer is None:
            return None
        photos = _photos(offer, base) + self.shelf.strange_photos(offer, base)
        others = [(other, f"{PRODUCT}{other.slug}", _photos(other, base)[0]) for other in self.shelf.others(offer)]
        recommended = [{"slug": other.slug, "name": other.title, "image": photo} for other, _, photo in others]
        state = _state("/shop/product/[slug]", {"product": _product_state(offer, photos), "recommended": recommended})
        body = html(
            "highsnobiety/product.html",
            offer=offer,
            url=f"{base}{PRODUCT}{offer.slug}",
            photos=photos,
            others=others,
            state=state,
            linked_data=as_json(_linked_data(offer, photos, base)),
        )
        return Reply(body, offer=offer)


def _photos(offer: Offer, base: str) -> list[str]:
    return [f"{base}{PHOTOS}{photo.name}" for photo in offer.photos]


def _state(route: str, page_props: dict[str, Any]) -> str:
    state = {"props": {"pageProps": page_props, "__N_SSP": True}, "page": route, "query": {}, "buildId": "demo"}
    return as_json(state)


def _results(page: PageOf, base: str) -> dict[str, Any]:
    """As the search behind the shop answers: its pages count from 0."""
    hits = [
        {
            "objectID": offer.listing_id,
            "slug": offer.slug,
            "name": offer.title,
            "brand": offer.brand,
            "price": offer.price,
            "currency": offer.currency,
            "image": next(iter(_photos(offer, base)), None),
        }
        for offer in page.offers
    ]
    return {"hits": hits, "page": page.number - 1, "nbPages": page.pages, "nbHits": page.total}


def _product_state(offer: Offer, photos: list[str]) -> dict[str, Any]:
    was = {"compareAt": offer.old_price} if offer.old_price else {}
    return {
        "id": offer.listing_id,
        "slug": offer.slug,
        "name": offer.title,
        "brand": {"name": offer.brand},
        "price": {"amount": offer.price, "currency": offer.currency, **was},
        "gender": offer.gender,
        "description": "\n".join(offer.description),
        "images": [{"url": photo} for photo in photos],
    }


def _linked_data(offer: Offer, photos: list[str], base: str) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": offer.title,
        "image": photos,
        "description": "\n".join(offer.description),
        "brand": {"@type": "Brand", "name": offer.brand},
        "offers": {
            "@type": "Offer",
            "price": f"{offer.price:.2f}",
            "priceCurrency": offer.currency,
            "url": f"{base}{PRODUCT}{offer.slug}",
        },
    }
