from __future__ import annotations

import pytest

from scrapers.engine.addresses import Address, refusal
from sneakers_ml.errors import UsageError

SHOP = Address.parse("https://www.shop.example")
INSIDE = """
    127.0.0.1 127.8.8.8 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1
    127.1 2130706433 0x7f000001 017700000001
    [::1] [::ffff:127.0.0.1] [fe80::1] [fd00::1] [::7f00:1] [64:ff9b::a00:1] [2002:a00:1::]
    localhost localhost. localhost.localdomain a.localhost printer.local metadata.google.internal router nas.lan
"""
LOCAL = Address.parse("http://127.0.0.1:8000")


class TestAddress:
    @pytest.mark.parametrize(
        "url", ["shop", "ftp://shop.example", "http://", "http://a/b", "http://a?b", "http://a:b", "http://u@a"]
    )
    def test_what_is_no_address_of_a_shop_is_refused(self, url):
        with pytest.raises(UsageError, match="give http://host:port"):
            Address.parse(url)

    def test_a_slash_at_the_end_does_no_harm(self):
        assert Address.parse("http://127.0.0.1:8000/") == LOCAL

    @pytest.mark.parametrize(
        ("url", "loopback"),
        [
            ("http://127.0.0.1", True),
            ("http://localhost:1", True),
            ("http://[::1]:1", True),
            ("https://shop.example", False),
        ],
    )
    def test_it_knows_this_machine(self, url, loopback):
        assert Address.parse(url).loopback is loopback

    def test_what_is_kept_names_the_alias(self):
        moved = Address.parse("http://127.0.0.1:8000", "https://shop.example")
        assert moved.public("http://127.0.0.1:8000/p/1?a=b") == "https://shop.example/p/1?a=b"
        assert moved.private("https://shop.example/p/1") == "http://127.0.0.1:8000/p/1"
        for other in ("http://127.0.0.1:80001/p", "https://cdn.example/p"):
            assert moved.public(other) == moved.private(other) == other


class TestRefusal:
    @pytest.mark.parametrize(
        "url", ["https://www.shop.example/p", "https://shop.example/p", "http://shop.example:443/p"]
    )
    def test_pages_come_from_the_shop(self, url):
        assert refusal(url, SHOP, photo=False) is None

    @pytest.mark.parametrize(
        "url",
        [
            "https://other.example",
            "https://shop.example.evil.example",
            "https://evilshop.example",
            "https://shop.example:8443",
        ],
    )
    def test_and_from_nowhere_else(self, url):
        assert refusal(url, SHOP, photo=False) == "another host than the shop's"

    def test_photos_come_from_any_public_host(self):
        assert refusal("https://cdn.example/a.jpg", SHOP, photo=True) is None
        assert refusal("https://8.8.8.8/a.jpg", SHOP, photo=True) is None

    @pytest.mark.parametrize("host", INSIDE.split())
    def test_and_from_nowhere_inside(self, host):
        assert refusal(f"http://{host}/a.jpg", SHOP, photo=True) == "an internal address"

    def test_a_shop_on_this_machine_opens_its_own_port_only(self):
        assert refusal("http://127.0.0.1:8000/a.jpg", LOCAL, photo=True) is None
        assert refusal("http://127.0.0.1:22/a.jpg", LOCAL, photo=True) == "an internal address"
        assert refusal("http://127.0.0.1/p", LOCAL, photo=False) == "another host than the shop's"

    @pytest.mark.parametrize(
        "url", ["file:///etc/passwd", "ftp://a/b", "data:image/png;base64,AA", "http://", "http://[/"]
    )
    def test_other_schemes_are_no_web_addresses(self, url):
        assert refusal(url, SHOP, photo=True) == "not a web address"
