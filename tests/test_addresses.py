from __future__ import annotations

from ipaddress import ip_address

import pytest

from sneakers_ml.addresses import is_public


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *(("1.1.1.1", True), ("2606:4700::1", True), ("64:ff9b::101:101", True)),
        *(("198.18.0.1", False), ("fec0::1", False), ("2002:7f00:1::1", False), ("::ffff:10.0.0.1", False)),
    ],
)
def test_public_addresses(address, public):
    assert is_public(ip_address(address)) is public
