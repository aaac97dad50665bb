from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest

from sneakers_ml.addresses import is_public, literal, names_inside


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *(("1.1.1.1", True), ("2606:4700::1", True), ("64:ff9b::101:101", True)),
        *(("198.18.0.1", False), ("fec0::1", False), ("2002:7f00:1::1", False), ("::ffff:10.0.0.1", False)),
    ],
)
def test_public_addresses(address, public):
    assert is_public(ip_address(address)) is public


@pytest.mark.parametrize(
    ("host", "address"),
    [
        *(("1.2.3.4", "1.2.3.4"), ("::1", "::1"), ("2606:4700::1111", "2606:4700::1111")),
        # inet_aton(3): fewer parts, the last of which fills what is left; octal and hexadecimal
        *(("127.1", "127.0.0.1"), ("10.1.258", "10.1.1.2"), ("2130706433", "127.0.0.1"), ("1", "0.0.0.1")),
        *(
            ("0x7f000001", "127.0.0.1"),
            ("0X7F.1", "127.0.0.1"),
            ("017700000001", "127.0.0.1"),
            ("0300.0250.1", "192.168.0.1"),
        ),
    ],
)
def test_an_address_in_any_spelling(host, address):
    assert literal(host) == ip_address(address)
    assert isinstance(literal(host), IPv6Address if ":" in address else IPv4Address)


@pytest.mark.parametrize(
    "host",
    ["", "example.com", "localhost", "1.2.3.4.5", "256.1.1.1", "4294967296", "0x", "1.2.3.", "::g", "１.1.1.1", "a\0"],
)
def test_a_name_is_no_address(host):
    assert literal(host) is None


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        *(("example.com", False), ("8.8.8.8", False), ("0x08080808", False), ("134744072", False)),  # 8.8.8.8 too
        *(("2606:4700::1111", False), ("local.example", False), ("mylocalhost.example", False), ("lan.com", False)),
        *(("localhost", True), ("shop", True), ("", True), ("shop.localhost", True), ("printer.local", True)),
        *(("a.b.internal", True), ("nas.lan", True), ("x.home.arpa", True), ("localhost.localdomain", True)),
        *(("Printer.LOCAL", True), ("localhost.", True), ("127.0.0.1.", True), ("a.local.", True), ("...", True)),
        *(("127.0.0.1", True), ("127.1", True), ("2130706433", True), ("0x7f000001", True)),
        *(("017700000001", True), ("10.0.0.1", True), ("172.31.0.1", True), ("192.168.1", True), ("0", True)),
        *(("169.254.169.254", True), ("100.64.0.1", True), ("224.0.0.1", True), ("255.255.255.255", True)),
        *(("::1", True), ("::", True), ("fe80::1", True), ("fe80::1%2", True), ("fd00::1", True), ("ff02::1", True)),
        *(("::ffff:10.0.0.1", True), ("::127.0.0.1", True), ("64:ff9b::a00:1", True), ("2002:a00:1::", True)),
    ],
)
def test_what_is_inside_by_how_it_is_written(host, inside):
    assert names_inside(host) is inside
