"""The Scrapy project that crawls the shops."""
