"""A shop's listings as its pages find them: by collection and page, by address, by photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from demo.shops.faults import HEALTHY, Faults
from demo.shops.offer import Offer, ShopPhoto

__all__ = ["PAGE_SIZE", "PageOf", "Shelf"]

PAGE_SIZE = 24


@dataclass(frozen=True, slots=True)
class PageOf:
    """One page of a collection."""

    offers: list[Offer]
    number: int
    pages: int
    """How many pages the shop says there are."""
    total: int

    @property
    def following(self) -> int | None:
        """The next page's number, if there is one."""
        return self.number + 1 if self.number < self.pages else None


class Shelf:
    """The listings of one shop, and what is wrong with them."""

    def __init__(self, shop: str, offers: Sequence[Offer], faults: Faults = HEALTHY) -> None:
        self.shop = shop
        self.offers = list(offers)
        self.faults = faults
        self._by_slug = {offer.slug: offer for offer in offers}
        self._by_id = {offer.listing_id: offer for offer in offers}
        self._by_photo = {photo.name: photo for offer in offers for photo in offer.photos}

    def page(self, collection: str | None, number: int, size: int = PAGE_SIZE) -> PageOf:
        """Page `number`, from 1, of a collection (None: of everything). Past the end it is empty, unless at fault."""
        held = [offer for offer in self.offers if collection is None or collection in offer.collections]
        if self.faults.empty_pages:
            held = []
        pages = max(1, -(-len(held) // size))
        at = number - 1
        if number > pages and (self.faults.endless_paging or self.faults.invented_pages):
            last = held[(pages - 1) * size :]
            shown = [self._invented(offer, number) for offer in held[:size]] if self.faults.invented_pages else last
            return PageOf(shown, number, number + 1, len(held))
        if self.faults.endless_paging or self.faults.invented_pages:
            return PageOf(held[at * size : number * size], number, number + 1, len(held))
        return PageOf(held[at * size : number * size], number, pages, len(held))

    def _invented(self, offer: Offer, page: int) -> Offer:
        """The same thing under an address and a number that nobody has seen yet."""
        slug = f"{offer.slug}-{page}"
        listing_id = f"{offer.listing_id}{page}" if offer.listing_id.isdigit() else slug
        copy = replace(offer, slug=slug, listing_id=listing_id)
        self._by_slug[slug] = self._by_id[listing_id] = copy
        return copy

    def by_slug(self, slug: str) -> Offer | None:
        return self._by_slug.get(slug)

    def by_id(self, listing_id: str) -> Offer | None:
        return self._by_id.get(listing_id)

    def by_photo(self, name: str) -> ShopPhoto | None:
        return self._by_photo.get(name)

    @property
    def bad_offer(self) -> Offer | None:
        """The listing whose page is at fault when one page is."""
        return self.offers[0] if self.offers else None

    @property
    def bad_photo(self) -> ShopPhoto | None:
        """The photo that is at fault when one is."""
        return next((photo for offer in self.offers[1:] for photo in offer.photos), None)

    def others(self, offer: Offer) -> list[Offer]:
        """Three more listings, to recommend beside one."""
        place = self.offers.index(offer) if offer in self.offers else 0
        return [
            other for other in (self.offers * 2)[place + 1 : place + 4] if other.slug != offer.slug and other.photos
        ]

    def strange_photos(self, offer: Offer, base: str) -> list[str]:
        """Photo addresses that no crawler should follow."""
        if not self.faults.internal_photo or offer != self.bad_offer:
            return []
        here = base.replace("127.0.0.1", "localhost")
        return [
            "http://169.254.169.254/latest/meta-data/photo.jpg",
            "http://127.0.0.1:1/photo.jpg",
            f"{here}/internal/photo.jpg",
            f"{base}/moved/photo.jpg",
        ]
