from __future__ import annotations

import pytest

from sneakers_ml.catalogue.money import currency_code


@pytest.mark.parametrize(
    ("text", "code"), [("eur", "EUR"), ("$", "USD"), ("Rs.", "INR"), ("z\u0142", "PLN"), ("points", None), (None, None)]
)
def test_currencies(text: str | None, code: str | None) -> None:
    assert currency_code(text) == code
