"""kickscrew.com: a Shopify shop with a search by Algolia before it; see notes/shops/kickscrew.md."""

from __future__ import annotations

from scrapy.http import TextResponse

from scrapers.engine.shopify import ShopifySpider
from scrapers.extract.facts import Facts
from scrapers.extract.prices import current_price
from scrapers.extract.selecting import heading, photos, text_of, texts_of
from scrapers.extract.storefront import stated_currency

__all__ = ["Kickscrew"]

_ASIDE = ":not([class*=recommend] *):not([class*=related] *)"


class Kickscrew(ShopifySpider):
    """The JSON is Shopify's and knows nothing of the search, whose index ends at 5,000 hits and counts pages from 0."""

    name = "kickscrew"
    home = "https://www.kickscrew.com"
    currency = "USD"
    collections = ("all-shoes",)
    instead = {"all-shoes": "all"}  # noqa: RUF012 - a ClassVar by its base
    zero_based = True
    floors = {**ShopifySpider.floors, "photo_urls": 0.7}  # noqa: RUF012 - some rows have no photo

    def select(self, response: TextResponse) -> Facts:
        """What most themes have in common, for the shop's own markup is not documented."""
        amount = response.css("meta[property='og:price:amount']::attr(content)").get()
        shown = texts_of(response, f"main [class*=price]{_ASIDE}")
        return Facts(
            source="selectors",
            brand=text_of(response, f"main [class*=vendor]{_ASIDE}, main [class*=brand]{_ASIDE}"),
            title=heading(response, "main h1"),
            price=current_price(amount or shown[:1], stated_currency(response), self.currency),
            photos=photos(response, f"main [class*=gallery] img{_ASIDE}, main [class*=product__media] img{_ASIDE}"),
        )
