"""Scrapy spiders: one file a shop."""
