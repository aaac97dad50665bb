"""Scrapy settings: how the crawler behaves towards every shop."""

from __future__ import annotations

BOT_NAME = "sneakers-ml"
SPIDER_MODULES = ["scrapers.spiders"]
NEWSPIDER_MODULE = "scrapers.spiders"

# Manners: a shop is asked one thing at a time, slower when it is slow, and never against its robots.txt.
USER_AGENT = "sneakers-ml/0.1 (open-source sneaker catalogue; set USER_AGENT to add your contact)"
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0

# Limits well under Scrapy's defaults (1 GiB, 180 s), so that one bad answer cannot fill the disk or hang a crawl.
DOWNLOAD_MAXSIZE = 20 * 1024 * 1024
DOWNLOAD_TIMEOUT = 30
RETRY_TIMES = 3

FEED_EXPORT_ENCODING = "utf-8"
TELNETCONSOLE_ENABLED = False
