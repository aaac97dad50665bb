"""The five storefronts' pages: a path and a query in, a reply out; nothing here knows of sockets."""

from __future__ import annotations

from collections.abc import Callable

from demo.shops.pages.footshop import Footshop
from demo.shops.pages.highsnobiety import Highsnobiety
from demo.shops.pages.reply import Reply, Site
from demo.shops.pages.shelf import Shelf
from demo.shops.pages.shopify import Shopify

__all__ = ["SITES", "Reply", "Shelf", "Site"]

SITES: dict[str, Callable[[Shelf, bool], Site]] = {
    "sneakerbaas": Shopify,
    "superkicks": Shopify,
    "kickscrew": Shopify,
    "footshop": Footshop,
    "highsnobiety": Highsnobiety,
}
"""A shop's site from its shelf and whether it answers with JSON feeds."""
