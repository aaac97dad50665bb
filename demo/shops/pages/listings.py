"""A shop's listings as its pages find them: by collection and page, by address, by photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from demo.shops.faults import HEALTHY, Faults
from demo.shops.stock.offer import Offer

__all__ = ["PAGE_SIZE", "CollectionPage", "Listings"]

PAGE_SIZE = 24


@dataclass(frozen=True, slots=True)
class CollectionPage:
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


class Listings:
    """The listings of one shop, and what is wrong with them.

    Attributes:
        by_slug, by_id: an offer by the slug or the id that its page's address holds.
        by_photo: a photo by its name.
        bad_offer, bad_photo: what is at fault where one page, or one photo, is.
    """

    def __init__(self, shop: str, offers: Sequence[Offer], faults: Faults = HEALTHY) -> None:
        self.shop = shop
        self.offers = list(offers)
        self.faults = faults
        self.by_slug = {offer.slug: offer for offer in offers}
        self.by_id = {offer.listing_id: offer for offer in offers}
        self.by_photo = {photo.name: photo for offer in offers for photo in offer.photos}
        self.bad_offer = next(iter(offers), None)
        self.bad_photo = next((photo for offer in offers[1:] for photo in offer.photos), None)

    def page(self, collection: str | None, number: int, size: int = PAGE_SIZE) -> CollectionPage:
        """Page `number`, from 1, of a collection (None: of everything). Past the end it is empty, unless at fault."""
        held = [offer for offer in self.offers if collection is None or collection in offer.collections]
        if self.faults.empty_pages:
            held = []
        pages = max(1, -(-len(held) // size))
        shown = held[(number - 1) * size : number * size]
        if not (self.faults.endless_paging or self.faults.invented_pages):
            return CollectionPage(shown, number, pages, len(held))
        if number > pages and self.faults.invented_pages:
            shown = [self._invented(offer, number) for offer in held[:size]]
        elif number > pages:
            shown = held[(pages - 1) * size :]
        return CollectionPage(shown, number, number + 1, len(held))

    def _invented(self, offer: Offer, page: int) -> Offer:
        """The same thing under an address and a number that nobody has seen yet."""
        slug = f"{offer.slug}-{page}"
        listing_id = f"{offer.listing_id}{page}" if offer.listing_id.isdigit() else slug
        copy = replace(offer, slug=slug, listing_id=listing_id)
        self.by_slug[slug] = self.by_id[listing_id] = copy
        return copy

    def others(self, offer: Offer) -> list[Offer]:
        """Up to three more listings with photos, to recommend beside one."""
        place = self.offers.index(offer) if offer in self.offers else 0
        following = (self.offers * 2)[place + 1 : place + 4]
        return [other for other in following if other.slug != offer.slug and other.photos]

    def internal_photos(self, offer: Offer, base: str) -> list[str]:
        """Photo addresses that no crawler should follow: inside other people's networks."""
        if not self.faults.internal_photo or offer != self.bad_offer:
            return []
        here = base.replace("127.0.0.1", "localhost")
        return [
            "http://169.254.169.254/latest/meta-data/photo.jpg",
            "http://127.0.0.1:1/photo.jpg",
            f"{here}/internal/photo.jpg",
            f"{base}/moved/photo.jpg",
        ]
