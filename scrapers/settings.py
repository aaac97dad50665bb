"""Scrapy settings: how the crawler behaves towards every shop.

The constants hold for all crawls, and for Scrapy's own commands; `settings_for` adds those of one shop's crawl.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from scrapy.settings import Settings

from sneakers_ml.workspace.params import CrawlParams

__all__ = ["settings_for"]

BOT_NAME = "sneakers-ml"
SPIDER_MODULES = ["scrapers.spiders"]
NEWSPIDER_MODULE = "scrapers.spiders"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

# Manners: a shop is asked one thing at a time, slower when it is slow, and never against its robots.txt.
USER_AGENT = f"{BOT_NAME}/{version(BOT_NAME)}"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = BOT_NAME
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0.0  # a second is the least, not the mean
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
COOKIES_ENABLED = False

# Limits well under Scrapy's defaults (1 GiB, 180 s), so that one bad answer cannot fill the disk or hang a crawl.
DOWNLOAD_MAXSIZE = 20 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False

TELNETCONSOLE_ENABLED = False
LOG_LEVEL = "INFO"

_MIDDLEWARES: dict[str, int | None] = {
    "scrapers.engine.middlewares.HostMiddleware": 90,  # before anything is fetched, robots.txt included
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapers.engine.middlewares.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapers.engine.middlewares.BackoffMiddleware": 550,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    "scrapers.engine.cache.CacheMiddleware": 900,
}
_PIPELINES = {
    "scrapers.engine.pipelines.ValidationPipeline": 100,
    "scrapers.engine.pipelines.PhotosPipeline": 200,
    "scrapers.engine.pipelines.JournalPipeline": 300,
}


def settings_for(params: CrawlParams, *, cache: Path, photos: Path, started: float, contact: str | None) -> Settings:
    """The settings of one shop's crawl.

    Pages go to the folder `cache` and are fresh when they were stored since `started` (seconds since 1970); photos/ is
    made in the folder `photos`. Shops read `contact`, a mail or web address, in the user agent.
    """
    settings = Settings()
    settings.setmodule(__name__, priority="project")
    values: dict[str, object] = {
        "USER_AGENT": f"{USER_AGENT} (+{contact})" if contact else USER_AGENT,
        "CONCURRENT_REQUESTS_PER_DOMAIN": params.concurrency,
        "DOWNLOAD_DELAY": params.delay,
        "AUTOTHROTTLE_ENABLED": params.autothrottle,
        "AUTOTHROTTLE_START_DELAY": params.delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(params.concurrency),
        "DOWNLOAD_MAXSIZE": params.limits.body,
        "DOWNLOAD_TIMEOUT": params.limits.timeout,
        "RETRY_TIMES": params.retries.times,
        "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "scrapers.engine.middlewares.RetryAfterHandler"),
        "DOWNLOADER_MIDDLEWARES": _MIDDLEWARES,
        "ITEM_PIPELINES": _PIPELINES,
        "HTTPCACHE_ENABLED": True,
        "HTTPCACHE_DIR": str(cache),
        "HTTPCACHE_POLICY": "scrapers.engine.cache.RunPolicy",
        "HTTPCACHE_STORAGE": "scrapers.engine.cache.FileStorage",
        "RUN_STARTED": started,
        "FILES_STORE": str(photos),
        "MEDIA_ALLOW_REDIRECTS": True,
    }
    settings.setdict(values, priority="cmdline")
    return settings
