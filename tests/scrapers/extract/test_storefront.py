"""Which storefront an answer is of, and what it states of its currency."""

from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, JsonResponse

from scrapers.extract.storefront import locale_of, stated_currency
from tests.scrapers.browsing import html

URL = "https://shop.example/products/a"


@pytest.mark.parametrize(
    ("markup", "code"),
    [
        ('<meta property="og:price:currency" content="EUR">', "EUR"),
        ('<meta property="product:price:currency" content="gbp">', "GBP"),
        ('<i itemscope><meta itemprop="priceCurrency" content="SEK"></i>', "SEK"),
        ('<script>Shopify.currency = {"active":"CAD","rate":"1.36"};</script>', "CAD"),
        ('<meta property="og:price:currency" content="points">', None),
        ("<p>EUR</p>", None),
    ],
)
def test_a_page_states_its_currency(markup: str, code: str | None) -> None:
    assert stated_currency(html(markup, URL)) == code


@pytest.mark.parametrize(
    ("cookie", "code"),
    [
        ("cart_currency=EUR; path=/", "EUR"),
        ("woocs_selected_currency=GBP", "GBP"),
        ("GlobalE_Data=%7B%22countryISO%22%3A%22SE%22%2C%22currencyCode%22%3A%22SEK%22%7D; path=/", "SEK"),
        ("cart_currency=; path=/", None),
        ("currency_rate=1.1", None),
        ("localization=DE", None),
        ("cart_sig=EUR", None),
    ],
)
def test_a_cookie_of_the_answer_states_its_currency(cookie: str, code: str | None) -> None:
    answer = JsonResponse(URL, body=b'{"products": []}', headers={"Set-Cookie": [b"a=b; path=/", cookie.encode()]})
    assert stated_currency(answer) == code


def test_the_page_goes_before_the_cookie_and_the_cookie_before_the_address() -> None:
    url, headers = "https://shop.example/en-gb/products/a", {"Set-Cookie": "cart_currency=EUR"}
    meta = b'<meta property="og:price:currency" content="SEK">'
    assert stated_currency(HtmlResponse(url, body=meta, headers=headers)) == "SEK"
    assert stated_currency(HtmlResponse(url, body=b"<p>", headers=headers)) == "EUR"
    assert stated_currency(HtmlResponse(url, body=b"<p>")) == "GBP"


@pytest.mark.parametrize(
    ("url", "locale", "code"),
    [
        ("https://shop.example/en-de/products/a", "en-de", "EUR"),
        ("https://shop.example/de-ch/products/a", "de-ch", "CHF"),
        ("https://shop.example/de-en/products/a", "de-en", "EUR"),
        ("https://shop.example/ca-fr", "ca-fr", "CAD"),
        ("https://shop.example/EN_GB/products/a", "en_gb", "GBP"),
        ("https://shop.example/us/products/a", "us", "USD"),
        ("https://shop.example/de/products/a", "de", None),  # a language
        ("https://eu.shop.example/products/a", "eu", "EUR"),
        ("https://uk.shop.example/products/a", "uk", "GBP"),
        ("https://shop.example/products/a?currency=SEK", None, "SEK"),
        ("https://shop.example/en/gb/products/a", "en-gb", "GBP"),
        ("https://shop.example/gb/en/products/a", "gb-en", "GBP"),
        ("https://shop.example/en/", "en", None),
        ("https://www.shop.co.uk/products/a", "uk", "GBP"),
        ("https://www.shop.pl/products/a", "pl", "PLN"),
        ("https://shop.cz/", "cz", "CZK"),
        ("https://shop.de/", "de", "EUR"),
        ("https://shop.fr/en/products/a", "en", "EUR"),
        ("https://shop.ch/en-gb/products/a", "en-gb", "GBP"),
        ("https://shop.io/products/a", None, None),
        ("https://shop.example/my/account", None, None),
        ("https://shop.example/products/a", None, None),
        ("http://127.0.0.1:8000/", None, None),
        ("https://de.example/", None, None),
    ],
)
def test_an_address_names_a_localised_storefront(url: str, locale: str | None, code: str | None) -> None:
    assert locale_of(url) == locale
    assert stated_currency(html("<p>", url)) == code


def test_a_domain_that_was_asked_for_is_the_shops_own() -> None:
    url = "https://shop.ch/products/a"
    home, sent = Request(url), Request(url, meta={"redirect_urls": ["https://shop.com/products/a"]})
    assert stated_currency(HtmlResponse(url, body=b"<p>", request=home)) is None
    assert stated_currency(HtmlResponse(url, body=b"<p>", request=sent)) == "CHF"
