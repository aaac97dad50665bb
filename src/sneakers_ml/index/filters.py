"""Which products a person asks for: by brand, price, shop and colour, and what stores know of that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

__all__ = ["EVERYTHING", "Facts", "ProductFilter", "SoldAt"]


class SoldAt(Protocol):
    """An offer, as far as filters look at it."""

    @property
    def shop(self) -> str: ...
    @property
    def price(self) -> float | None: ...
    @property
    def currency(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """A filter on neighbours; what is None doesn't matter.

    `min_price` and `max_price` are compared with an offer's number in its own currency, or with offers in `currency`
    alone when given; prices of different currencies are never converted. One offer must pass all of prices, currency
    and shop. `colour` is a term of words.yaml, and passes where the catalogue names it.
    """

    brand: str | None = None
    min_price: float | None = None
    max_price: float | None = None
    currency: str | None = None
    shop: str | None = None
    colour: str | None = None

    def accepts(self, brand: str, offers: Sequence[SoldAt], colours: Collection[str] = ()) -> bool:
        """Whether a product of this brand, with these offers and colours, passes."""
        if self.brand is not None and brand.casefold() != self.brand.strip().casefold():
            return False
        if self.colour is not None and self.colour not in colours:
            return False
        if {self.min_price, self.max_price, self.currency, self.shop} == {None}:
            return True
        return any(
            (self.shop is None or offer.shop.casefold() == self.shop.strip().casefold())
            and (self.currency is None or (offer.currency or "").upper() == self.currency.upper())
            and (self.min_price is None or (offer.price is not None and offer.price >= self.min_price))
            and (self.max_price is None or (offer.price is not None and offer.price <= self.max_price))
            for offer in offers
        )


EVERYTHING = ProductFilter()
"""Asks for nothing: every product passes."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a store that filters by itself keeps of a photo's product.

    `lowest` and `highest` are of all prices, whatever their currency; None where nothing is priced. A product that
    passes a `ProductFilter` passes these too; which offer has which price and shop is looked at after the search.
    """

    product_id: str
    brand: str
    colours: tuple[str, ...] = ()
    shops: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None

    @classmethod
    def of(cls, product_id: str, brand: str, offers: Sequence[SoldAt], colours: Iterable[str]) -> Facts:
        """Of a product; brand and shops in lower case, as filters compare them."""
        prices = [offer.price for offer in offers if offer.price is not None]
        shops = tuple(sorted({offer.shop.casefold() for offer in offers}))
        bounds = (min(prices), max(prices)) if prices else (None, None)
        return cls(product_id, brand.casefold(), tuple(sorted(colours)), shops, *bounds)
