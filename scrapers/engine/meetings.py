"""Which products a crawl has met, and in which of the shop's collections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from scrapers.items import Sighting

__all__ = ["Meetings"]


class Meetings:
    """Products by a key that pages of all collections share, such as the last part of their address."""

    def __init__(self) -> None:
        self._collections: dict[str, set[str]] = defaultdict(set)
        self._listings: dict[str, tuple[str, ...]] = {}
        self._walked: dict[str, set[str]] = defaultdict(set)

    def __contains__(self, key: str) -> bool:
        return key in self._collections

    def new_in(self, walk: str, key: str) -> bool:
        """Whether a walk through a collection's pages has not come by this product yet; asked once, it has."""
        new = key not in self._walked[walk]
        self._walked[walk].add(key)
        return new

    def meet(self, key: str, collections: Iterable[str]) -> None:
        """The product stands in these collections."""
        self._collections[key].update(collections)

    def again(self, key: str, url: str, collections: Iterable[str]) -> Iterator[Sighting]:
        """A known product stands in these collections too; known by its page while that has not been read."""
        for collection in sorted(set(collections) - self._collections[key]):
            self._collections[key].add(collection)
            for listing_id in self._listings.get(key, ()):
                yield Sighting(listing_id=listing_id, collection=collection)
            if key not in self._listings:
                yield Sighting(url=url, collection=collection)

    def collections_of(self, key: str) -> list[str]:
        """The collections known so far, sorted."""
        return sorted(self._collections[key])

    def became(self, key: str, listing_ids: Iterable[str]) -> None:
        """The product's page has been read, and gave these listings."""
        self._listings[key] = tuple(listing_ids)
