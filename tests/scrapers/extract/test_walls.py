"""Pages that stand where a shop's page should."""

from __future__ import annotations

import pytest
from scrapy.http import HtmlResponse, Response

from scrapers.extract.walls import wall_of
from tests.scrapers.browsing import html

URL = "https://shop.example/collections/all"
ROBOTS = "asks visitors to prove that they are no robots"


@pytest.mark.parametrize(
    ("page", "wall"),
    [
        (html("<h1>Opening soon</h1>", "https://shop.example/password"), "is a password page"),
        (html('<form action="/password"><input type="password"></form>', URL), "is a password page"),
        (html("<p>", "https://shop.example/account/login?return=/"), "asks to log in"),
        (html("<title>Just a moment...</title>", URL), ROBOTS),
        (html("<title>Attention Required! | Cloudflare</title>", URL), ROBOTS),
        (html("<h1>Access to this page has been denied</h1>", URL), ROBOTS),
        (html('<script src="https://ct.captcha-delivery.com/c.js"></script>', URL), ROBOTS),
        (HtmlResponse(URL, body=b"<p>", headers={"cf-mitigated": "challenge"}), ROBOTS),
        (html('<title>Sneakers</title><form action="/login"><input type="password"></form>', URL), None),
        (html("<title>Sneakers</title><script src='https://www.google.com/recaptcha/api.js'></script>", URL), None),
        (html('{"title": "Just a moment"}', URL), None),
        (html("", URL), None),
        (Response(URL, body=b"Just a moment"), None),
    ],
)
def test_says_what_keeps_visitors_out(page: Response, wall: str | None) -> None:
    assert wall_of(page) == wall
