from __future__ import annotations

import pytest

from sneakers_ml.serving.answer import Offer
from sneakers_ml.serving.filters import ProductFilter, product_filter

ROUBLES, EUROS = Offer("a", None, 9000.0, "RUB"), Offer("b", None, 100.0, "EUR")
NO_PRICE, NO_CURRENCY = Offer("c", None, None, "EUR"), Offer("d", None, 100.0, None)


@pytest.mark.parametrize(
    ("products", "offers", "accepted"),
    [
        (ProductFilter(), [], True),
        (ProductFilter(brand="NIKE "), [], True),
        (ProductFilter(brand="puma"), [EUROS], False),
        (ProductFilter(max_price=100), [], False),
        (ProductFilter(max_price=100), [EUROS], True),
        (ProductFilter(max_price=99.99), [EUROS], False),
        (ProductFilter(max_price=100), [ROUBLES], False),
        (ProductFilter(max_price=100), [ROUBLES, EUROS], True),
        (ProductFilter(max_price=100), [NO_PRICE], False),
        (ProductFilter(max_price=0), [Offer("gift", None, 0.0, "EUR")], True),
        (ProductFilter(currency="eur"), [EUROS], True),
        (ProductFilter(currency="EUR"), [NO_PRICE], True),
        (ProductFilter(currency="EUR"), [ROUBLES, NO_CURRENCY], False),
        (ProductFilter(max_price=9000, currency="RUB"), [EUROS], False),
        (ProductFilter(max_price=9000, currency="RUB"), [ROUBLES], True),
        (ProductFilter(max_price=100, currency="EUR"), [NO_PRICE, ROUBLES], False),
        (ProductFilter(shop="B "), [ROUBLES, EUROS], True),
        (ProductFilter(shop="b"), [ROUBLES, NO_PRICE], False),
        (ProductFilter(shop="b"), [], False),
        (ProductFilter(shop="a", max_price=100), [ROUBLES, EUROS], False),  # one offer must pass all of it
        (ProductFilter(shop="a", currency="EUR"), [ROUBLES, EUROS], False),
        (ProductFilter(shop="b", max_price=100, currency="EUR"), [ROUBLES, EUROS], True),
        (ProductFilter(brand="puma", shop="b"), [EUROS], False),
        (ProductFilter(brand="nike", max_price=100), [EUROS], True),
        (ProductFilter(brand="nike", max_price=1), [EUROS], False),
    ],
)
def test_a_product_passes_by_its_brand_and_one_of_its_offers(products, offers, accepted):
    assert products.accepts("nike", offers) is accepted


def test_a_filter_that_asks_for_nothing_is_none():
    assert product_filter(None, None, None, None) is None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (("nike", None, None, None), ProductFilter(brand="nike")),
        ((None, 0.0, None, None), ProductFilter(max_price=0)),
        ((None, None, "EUR", None), ProductFilter(currency="EUR")),
        ((None, None, None, "demo"), ProductFilter(shop="demo")),
        (("nike", 10.0, "EUR", "demo"), ProductFilter("nike", 10, "EUR", "demo")),
    ],
)
def test_a_filter_of_what_is_asked_for(asked, expected):
    assert product_filter(*asked) == expected
