"""Which of a shop's storefronts an answer is of, for a shop may send visitors from abroad to a localised one.

https://shopify.dev/docs/api/liquid/objects/localization, https://ogp.me
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from scrapy.http import Response, TextResponse

from sneakers_ml.catalogue.money import currency_code, currency_of_country

__all__ = ["locale_of", "stated_currency"]

_METAS = (
    "//meta[@property='og:price:currency' or @property='product:price:currency' or @itemprop='priceCurrency']/@content"
)
_ACTIVE = re.compile(r"\bShopify\.currency\s*=\s*\{\s*[\"']active[\"']\s*:\s*[\"']([A-Za-z]{3})[\"']")
_COOKIE = re.compile(r"currency(?:_?code)?[\"']?\s*[=:]\s*[\"']?([A-Z]{3})(?![A-Za-z])", re.IGNORECASE)
"""cart_currency=EUR, woocs_selected_currency=EUR, GlobalE_Data={"currencyCode":"EUR"}"""
_LOCALE = re.compile(r"([a-z]{2})(?:[-_]([a-z]{2}))?", re.IGNORECASE)
_LANGUAGES = frozenset(
    "ar bg cs da de el en es et fi fr he hr hu id it ja ko lt lv ms nb nl no pl pt ro ru sk sl sv th tr vi zh".split()  # noqa: SIM905
)
_PLACES = frozenset("ae at au be br ca ch cn dk eu gb hk ie jp kr mx nz sa se sg uk us za".split())  # noqa: SIM905
"""Countries that stand for a storefront alone: no languages, and no words that paths begin with ("my", "in")."""
_DOMAINS = frozenset("""
ae ar at au be bg br by ca ch cl cn cz de dk ee es eu fi fr gr hk hr hu id ie il in is it jp kr kw kz lt lu lv ma mx my
nl no nz pe ph pk pl pt qa ro rs ru sa se sg si sk th tr tw ua uk us vn za
""".split())  # fmt: skip  # noqa: SIM905
"""Top-level domains that stand for their country, unlike those that everybody uses (io, me, co, tv)."""


@lru_cache(maxsize=1)  # every way of reading a page asks once more
def stated_currency(response: Response) -> str | None:
    """The currency of the prices on a page, as the page, a cookie of its answer or its address states it; ISO 4217.

    None where none of them does: the shop's own then. The country of a domain that was asked for from the first is the
    shop's own home and states nothing.
    """
    page = response if isinstance(response, TextResponse) else None
    if page is not None and page.body.lstrip()[:1] not in (b"{", b"["):
        metas = page.xpath(_METAS).getall()
        active = _ACTIVE.search(page.text)
        if code := next(filter(None, map(currency_code, [*metas, *(active.groups() if active else ())])), None):
            return code
    for cookie in response.headers.getlist("Set-Cookie"):
        found = _COOKIE.search(unquote(cookie.decode("latin-1").partition(";")[0]))
        if found and (code := currency_code(found[1])):
            return code
    asked = parse_qs(urlsplit(response.url).query).get("currency", ())
    first = (response.request.meta.get("redirect_urls") or [response.request.url])[0] if response.request else ""
    domain = _domain_of(response.url)
    return (
        next(filter(None, map(currency_code, asked)), None)
        or _currency_of_locale(_named_locale(response.url))
        or (currency_of_country(domain) if domain and domain != _domain_of(first) else None)
    )


def locale_of(url: str) -> str | None:
    """The part of an address that names a localised storefront: "en-de", "us" or, of a host, "eu", "pl"; else None."""
    named = _named_locale(url)
    return named or _domain_of(url)


def _named_locale(url: str) -> str | None:
    """The same of a path ("/en-gb/", "/en/gb/", "/us/") or a host's first label, without its last."""
    parts = urlsplit(url)
    label, _, rest = (parts.hostname or "").partition(".")
    first, *more = parts.path.lower().split("/")[1:3] or [""]
    if {first, *more} <= _PLACES | _LANGUAGES and more and (first in _LANGUAGES or more[0] in _LANGUAGES):
        return f"{first}-{more[0]}"
    for name in (first, label if "." in rest else ""):
        found = _LOCALE.fullmatch(name)
        if found and (found[2] or name in _PLACES or name in _LANGUAGES):
            return name
    return None


def _domain_of(url: str) -> str | None:
    """The country that a host's top-level domain stands for: "uk" of shop.co.uk."""
    *_, last = (urlsplit(url).hostname or "").rstrip(".").split(".")
    return last if last in _DOMAINS else None


def _currency_of_locale(locale: str | None) -> str | None:
    """Of "en-de" the second part is the country, of "de-en" the first; of a language alone there is none."""
    first, _, second = (locale or "").replace("_", "-").partition("-")
    if second and first in _LANGUAGES:
        return currency_of_country(second) or currency_of_country(first)
    return currency_of_country(first) if second or first in _PLACES else None
