"""Shorthand for a theme's markup."""

from __future__ import annotations

import pytest

from scrapers.extract.selecting import pairs
from tests.scrapers.browsing import html


@pytest.mark.parametrize(
    "markup",
    [
        "<li><span class=n>Weight</span><span>1 KG</span></li><li><span class=n>Origin</span><span>India</span></li>",
        "<li><span class=n>Weight:</span> 1 KG</li><li><span class=n>Origin: </span><b>India</b></li>",
        "<p><span class=n>Weight: 1 KG</span></p><p><span class=n>Origin : India</span></p>",
        "<p><span class=n>Weight</span><span class=n>1 KG</span></p>"
        "<p><span class=n>Origin</span><span class=n>India</span></p>",
        "<p><span class=n>Weight</span> <span>1 KG</span></p><p><span class=n>Origin</span> <span>India</span></p>"
        "<p><span class=n>Empty</span></p><p><span class=n></span>x</p><p><span class=n>Weight</span> 2 KG</p>",
    ],
)
def test_pairs_in_each_form(markup: str) -> None:
    assert pairs(html(markup), "span.n") == {"Weight": "1 KG", "Origin": "India"}
