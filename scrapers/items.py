"""What a spider yields: listings, and the news that a listing stands in one more collection."""

from __future__ import annotations

import scrapy

__all__ = ["ListingItem", "Membership"]


class ListingItem(scrapy.Item):
    """One product page; the fields are those of `sneakers_ml.catalogue.listing.Listing` that a page can tell.

    `price` is a float in units of `currency` (ISO 4217); `photo_urls` are absolute and canonical, in the gallery's
    order; `collections` is sorted; `extra` holds JSON values. A field that the page does not state is not set.
    """

    shop = scrapy.Field()
    listing_id = scrapy.Field()
    url = scrapy.Field()
    brand_raw = scrapy.Field()
    title_raw = scrapy.Field()
    model_raw = scrapy.Field()
    colour_raw = scrapy.Field()
    style_code = scrapy.Field()
    gender = scrapy.Field()
    price = scrapy.Field()
    currency = scrapy.Field()
    description = scrapy.Field()
    photo_urls = scrapy.Field()
    photo_views = scrapy.Field()
    collections = scrapy.Field()
    extra = scrapy.Field()


class Membership(scrapy.Item):
    """One more `collection` of a listing, known by `listing_id`, or by its page's `url` while that is unread."""

    listing_id = scrapy.Field()
    url = scrapy.Field()
    collection = scrapy.Field()
