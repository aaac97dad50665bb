"""sneakerbaas.com: a Shopify shop; see notes/shops/sneakerbaas.md."""

from __future__ import annotations

from dataclasses import replace

from scrapy.http import TextResponse

from scrapers.engine.shopify import ShopifySpider
from scrapers.extract.facts import Facts
from scrapers.extract.prices import current_price
from scrapers.extract.products_json import Product
from scrapers.extract.selecting import heading, photos
from scrapers.extract.storefront import stated_currency
from scrapers.extract.text import slug_of

__all__ = ["Sneakerbaas"]


class Sneakerbaas(ShopifySpider):
    """One list of all sneakers, sorted into categories by tags: /collections/sneakers/<tag>."""

    name = "sneakerbaas"
    home = "https://www.sneakerbaas.com"
    currency = "EUR"
    collections = ("category-men", "category-women", "category-unisex", "category-kids")

    def json_lists(self) -> tuple[str, ...]:
        """The whole list, for the JSON knows no filter by tags; the products carry their tags."""
        return ("sneakers",)

    def pages_of(self, handle: str) -> tuple[str, ...]:  # noqa: ARG002 - there is one list
        return self.collections

    def collections_of(self, handle: str, product: Product) -> tuple[str, ...]:
        """The categories among the product's tags; the list itself where it has none."""
        handles = set(map(slug_of, product.tags))
        return tuple(one for one in self.collections if one in handles) or (handle,)

    def collection_path(self, collection: str) -> str:
        return f"/collections/sneakers/{collection}"

    def microdata(self, response: TextResponse) -> Facts | None:
        """Without its name, which the theme writes with unescaped quotes: it ends at the title's first one."""
        facts = super().microdata(response)
        return replace(facts, title=None) if facts else None

    def select(self, response: TextResponse) -> Facts:
        """The theme's markup as of 2023; the title is the heading's, see `microdata`."""
        metas = {
            name: response.css(f"div.page-row-content meta[itemprop={name}]::attr(content)").get()
            for name in ("brand", "description", "price")
        }
        gallery = "div.swiper-slide.product-image a[data-fancybox=productGallery]"
        return Facts(
            source="selectors",
            brand=metas["brand"],
            title=heading(response),
            price=current_price(metas["price"], stated_currency(response), self.currency),
            description=metas["description"],
            photos=photos(response, gallery),
        )
