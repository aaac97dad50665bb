from __future__ import annotations

import pytest

from sneakers_ml.serving.answer import Offer
from sneakers_ml.serving.filters import ProductFilter
from sneakers_ml.serving.products import Product

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


def test_a_product_passes_by_its_own_colours():
    white = Product("Vans Era", "vans", (), colours=frozenset({"white"}))
    assert [white.passes(ProductFilter(colour=colour)) for colour in (None, "white", "red")] == [True, True, False]
    assert not Product("Vans Era 'White'", "vans", ()).passes(ProductFilter(colour="white"))


@pytest.mark.parametrize(
    ("products", "accepted"),
    [
        (ProductFilter(colour="red"), True),
        (ProductFilter(colour="blue"), False),
        (ProductFilter(min_price=100), True),
        (ProductFilter(min_price=100.01), False),
        (ProductFilter(min_price=50, max_price=99), False),
        (ProductFilter(min_price=50, max_price=150, currency="EUR", colour="white"), True),
    ],
)
def test_colours_and_least_prices(products, accepted):
    assert products.accepts("nike", [EUROS, NO_PRICE], {"red", "white"}) is accepted
