from __future__ import annotations

import pytest

from sneakers_ml.serving.answer import Offer
from sneakers_ml.serving.wanted import Wanted

ROUBLES, EUROS = Offer("a", None, 9000.0, "RUB"), Offer("b", None, 100.0, "EUR")
NO_PRICE, NO_CURRENCY = Offer("c", None, None, "EUR"), Offer("d", None, 100.0, None)


@pytest.mark.parametrize(
    ("wanted", "offers", "accepted"),
    [
        (Wanted(), [], True),
        (Wanted(brand="NIKE "), [], True),
        (Wanted(brand="puma"), [EUROS], False),
        (Wanted(max_price=100), [], False),
        (Wanted(max_price=100), [EUROS], True),
        (Wanted(max_price=99.99), [EUROS], False),
        (Wanted(max_price=100), [ROUBLES], False),
        (Wanted(max_price=100), [ROUBLES, EUROS], True),
        (Wanted(max_price=100), [NO_PRICE], False),
        (Wanted(max_price=0), [Offer("gift", None, 0.0, "EUR")], True),
        (Wanted(currency="eur"), [EUROS], True),
        (Wanted(currency="EUR"), [NO_PRICE], True),
        (Wanted(currency="EUR"), [ROUBLES, NO_CURRENCY], False),
        (Wanted(max_price=9000, currency="RUB"), [EUROS], False),
        (Wanted(max_price=9000, currency="RUB"), [ROUBLES], True),
        (Wanted(max_price=100, currency="EUR"), [NO_PRICE, ROUBLES], False),
        (Wanted(brand="nike", max_price=100), [EUROS], True),
        (Wanted(brand="nike", max_price=1), [EUROS], False),
    ],
)
def test_wanted(wanted, offers, accepted):
    assert wanted.accepts("nike", offers) is accepted
