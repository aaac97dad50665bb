"""Which products a person asks for: by brand, price and shop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sneakers_ml.serving.answer import Offer

__all__ = ["ProductFilter", "product_filter"]


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """A filter on neighbours; what is None doesn't matter.

    `max_price` is compared with an offer's number in its own currency, or with offers in `currency` alone when given;
    prices of different currencies are never converted. One offer must pass all of price, currency and shop.
    """

    brand: str | None = None
    max_price: float | None = None
    currency: str | None = None
    shop: str | None = None

    def accepts(self, brand: str, offers: Sequence[Offer]) -> bool:
        """Whether a product of this brand with these offers passes."""
        if self.brand is not None and brand.casefold() != self.brand.strip().casefold():
            return False
        if self.max_price is None and self.currency is None and self.shop is None:
            return True
        return any(
            (self.shop is None or offer.shop.casefold() == self.shop.strip().casefold())
            and (self.currency is None or (offer.currency or "").upper() == self.currency.upper())
            and (self.max_price is None or (offer.price is not None and offer.price <= self.max_price))
            for offer in offers
        )


def product_filter(
    brand: str | None, max_price: float | None, currency: str | None, shop: str | None
) -> ProductFilter | None:
    """A filter, or None where nothing is asked for: a search among all products is quicker."""
    wanted = ProductFilter(brand, max_price, currency, shop)
    return None if wanted == ProductFilter() else wanted
