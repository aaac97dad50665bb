"""Which products a person asks for: by brand, price, shop and colour."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sneakers_ml.serving.answer import Offer

__all__ = ["EVERYTHING", "ProductFilter"]


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

    def accepts(self, brand: str, offers: Sequence[Offer], colours: Collection[str] = ()) -> bool:
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
