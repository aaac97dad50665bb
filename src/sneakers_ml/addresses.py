"""Which addresses are the open internet's, and which are inside a network of ours."""

from __future__ import annotations

import socket
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies

__all__ = ["is_public", "literal", "names_inside", "proxy_hosts"]

_INSIDE = (".localhost", ".localdomain", ".local", ".internal", ".lan", ".home.arpa")
_WRAPPINGS = tuple(map(IPv6Network, ("::/96", "64:ff9b::/96", "64:ff9b:1::/48")))
"""Addresses of IPv6 that end in one of IPv4, which a gateway may ask in their place (RFC 4291, 6052, 8215)."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the open internet's."""
    if isinstance(address, IPv6Address):
        if address.is_site_local:
            return False
        if any(address in network for network in _WRAPPINGS):
            address = IPv4Address(int(address) & 0xFFFFFFFF)
        else:
            address = address.ipv4_mapped or address.sixtofour or address
    return address.is_global and not address.is_multicast


def proxy_hosts() -> frozenset[str]:
    """Hosts of the proxies that the environment names; they often are inside."""
    hosts = (urlsplit(url if "//" in url else f"//{url}").hostname for url in getproxies().values())
    return frozenset(host for host in hosts if host)


def names_inside(host: str) -> bool:
    """Whether a URL's host is inside by how it is written: an address that isn't public, or a name of a local network.

    What a name resolves to has to be checked besides, when connecting.
    """
    name = host.rstrip(".").lower()
    address = literal(name)
    return "." not in name or name.endswith(_INSIDE) if address is None else not is_public(address)


def literal(host: str) -> IPv4Address | IPv6Address | None:
    """A host that is an address, in any spelling that the system's resolver reads as one: 127.1, 0x7f000001."""
    with suppress(ValueError):
        return ip_address(host)
    with suppress(OSError, ValueError):
        return IPv4Address(socket.inet_aton(host))
    return None
