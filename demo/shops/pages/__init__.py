"""The five storefronts' pages: a path and a query in, a reply out; nothing here knows of sockets."""

from __future__ import annotations

from demo.shops.pages.footshop import Footshop
from demo.shops.pages.highsnobiety import Highsnobiety
from demo.shops.pages.listings import Listings
from demo.shops.pages.reply import Site
from demo.shops.pages.shopify import Shopify

__all__ = ["SITES", "Listings"]

SITES: dict[str, type[Site]] = {
    "sneakerbaas": Shopify,
    "superkicks": Shopify,
    "kickscrew": Shopify,
    "footshop": Footshop,
    "highsnobiety": Highsnobiety,
}
