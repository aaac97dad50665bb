"""The shops that can be crawled; one line adds one."""

from __future__ import annotations

from collections.abc import Mapping

from scrapy.utils.misc import load_object

from scrapers.engine.spider import ShopSpider
from sneakers_ml.errors import UsageError

__all__ = ["SHOPS", "load_spider"]

SHOPS: Mapping[str, str] = {
    "sneakerbaas": "scrapers.spiders.sneakerbaas.Sneakerbaas",
    "superkicks": "scrapers.spiders.superkicks.Superkicks",
    "highsnobiety": "scrapers.spiders.highsnobiety.Highsnobiety",
    "kickscrew": "scrapers.spiders.kickscrew.Kickscrew",
    "footshop": "scrapers.spiders.footshop.Footshop",
}
"""Name to class; modules are loaded when their shop is crawled."""


def load_spider(shop: str, registry: Mapping[str, str] = SHOPS) -> type[ShopSpider]:
    """The spider of a shop.

    Raises:
        UsageError: there is no such shop.
    """
    if shop not in registry:
        raise UsageError(f"there is no shop {shop}; the shops are {', '.join(registry)}")
    spider: type[ShopSpider] = load_object(registry[shop])
    return spider
