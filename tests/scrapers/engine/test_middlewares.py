from __future__ import annotations

import time
from email.utils import formatdate

import pytest
from scrapy.http import Response

from scrapers.engine.middlewares import retry_after


def asked(value, status=429):
    return retry_after(Response("http://a", status=status, headers={"Retry-After": value}))


@pytest.mark.parametrize(
    ("value", "seconds"), [("0", 0), ("120", 120), (" 7 ", 7), ("Wed, 21 Oct 2015 07:28:00 GMT", 0)]
)
def test_seconds_and_past_dates(value, seconds):
    assert asked(value) == seconds


def test_a_date_to_come():
    assert asked(formatdate(time.time() + 90, usegmt=True)) == pytest.approx(90, abs=2)


@pytest.mark.parametrize("value", ["", "soon", "-5", "1.5", "²", "Wed, 99 Oct 2015"])
def test_what_makes_no_sense_asks_for_nothing(value):
    assert asked(value) is None


def test_only_where_it_means_to_come_back_later():
    assert asked("5", 503) == 5
    assert asked("5", 430) == 5, "Shopify's own"
    assert asked("5", 301) is None
    assert retry_after(Response("http://a", status=429)) is None
