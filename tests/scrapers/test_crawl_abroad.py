"""Crawls of real shops' spiders that are sent to another storefront, or to none, in a process of their own."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from tests.scrapers.engine.running import HURRIED, crawl, listings
from tests.scrapers.engine.storefront import Answer, Shop, open_shops


class Shopify(Shop):
    """Gives three products as JSON, and no pages."""

    def answer(self, path: str) -> Answer:
        if path == "/robots.txt" or path.startswith("/photo/"):
            return super().answer(path)
        return self.page(path)

    def page(self, path: str) -> Answer:
        if "/products.json" not in path:
            return Answer(status=404)
        products = [self.entry(number) for number in (1, 2, 3)] if path.endswith("page=1") else []
        return Answer(json.dumps({"products": products}).encode(), headers={"Content-Type": "application/json"})

    def entry(self, number: int) -> dict[str, object]:
        return {
            "id": number,
            "title": f"Arvo Run {number}",
            "handle": f"arvo-run-{number}",
            "vendor": "Arvo",
            "variants": [{"id": number, "title": "42", "option1": "42", "price": "110.00", "available": True}],
            "images": [{"src": f"{self.address}/photo/{number}-1.png"}],
            "options": [{"name": "Size"}],
        }


class WithCookie(Shopify):
    def page(self, path: str) -> Answer:
        answer = super().page(path)
        answer.headers["Set-Cookie"] = "cart_currency=EUR; path=/"
        return answer


class Localised(Shopify):
    """Sends every visitor to its British shop."""

    def page(self, path: str) -> Answer:
        if path.startswith("/en-gb/"):
            return super().page(path.removeprefix("/en-gb"))
        return Answer(status=302, headers={"Location": f"/en-gb{path}"})


class Abroad(Shopify):
    """Sends every visitor to its Polish shop, at an address of its own."""

    def page(self, path: str) -> Answer:
        return Answer(status=302, headers={"Location": f"https://shop.example.pl{path}"})


class Locked(Shopify):
    """Has a password before everything."""

    def page(self, path: str) -> Answer:
        if path == "/password":
            return Answer(b"<title>Opening soon</title>", headers={"Content-Type": "text/html"})
        return Answer(status=302, headers={"Location": "/password"})


class Closed(Shopify):
    def robots(self) -> Answer:
        return Answer(b"User-agent: *\nDisallow: /\n")


class Walled(Shopify):
    def page(self, path: str) -> Answer:
        return Answer(status=403)


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> SimpleNamespace:
    """Five shops at once."""
    workspace = tmp_path_factory.mktemp("abroad")
    quick = {**HURRIED, "concurrency": 1, "retries": {**HURRIED["retries"], "times": 0}}
    shops = [WithCookie("kickscrew"), Localised("sneakerbaas"), Locked("superkicks"), Closed("footshop")]
    with open_shops(*shops, Walled("highsnobiety")) as bases:
        reports = crawl(workspace, bases, real=True, params=quick).reports
    return SimpleNamespace(workspace=workspace, reports=reports)


class TestShopsThatSendVisitorsElsewhere:
    def test_a_cookie_says_the_currency(self, run):
        found = listings(run.workspace, "kickscrew").values()
        assert {(one.price, one.currency) for one in found} == {(110.0, "EUR")}
        assert run.reports["kickscrew"]["notes"] == {"price in EUR, not in the shop's own currency (USD)": 3}

    def test_a_redirect_to_a_localised_shop_is_noticed(self, run):
        found = listings(run.workspace, "sneakerbaas").values()
        assert {(one.price, one.currency) for one in found} == {(110.0, "GBP")}
        assert run.reports["sneakerbaas"]["notes"] == {
            "page redirected to the localised shop en-gb": 2,
            "price in GBP, not in the shop's own currency (EUR)": 3,
        }

    @pytest.mark.parametrize(
        ("shop", "why"),
        [
            ("superkicks", "is a password page"),
            ("footshop", "forbidden by robots.txt"),
            ("highsnobiety", "answered 403"),
        ],
    )
    def test_a_shop_that_lets_nobody_in_has_not_changed_its_layout(self, run, shop, why):
        (problem,) = run.reports[shop]["problems"]
        assert problem.startswith("no listing was found, and ")
        assert problem.endswith(f"failed: {why}")


def test_a_currency_that_is_not_stated_is_noted(tmp_path):
    with open_shops(Shopify("kickscrew")) as bases:
        reports = crawl(tmp_path, bases, real=True).reports
    assert reports["kickscrew"]["notes"] == {"price without a currency, taken for the shop's own (USD)": 3}
    assert {one.currency for one in listings(tmp_path, "kickscrew").values()} == {"USD"}


def test_a_redirect_to_the_shop_of_another_country_is_noted(tmp_path):
    with open_shops(Abroad("kickscrew")) as bases:
        reports = crawl(tmp_path, bases, real=True).reports
    assert set(reports["kickscrew"]["notes"]) == {"page redirected to the localised shop pl"}
