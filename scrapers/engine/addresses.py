"""Which addresses a crawl may ask: the shop's own host for pages, public hosts for photos, nothing inside.

A name is checked as it stands in the URL, and once more by what it resolves to (`GuardedResolver`) at the moment of
connecting, so that a name that points inside, now or only the second time, is no way round.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from sneakers_ml.errors import UsageError

__all__ = ["Address", "GuardedResolver", "is_public", "proxy_hosts", "refusal"]

_PORTS = {"http": 80, "https": 443}
_INSIDE = (".localhost", ".localdomain", ".local", ".internal", ".lan", ".home.arpa")
_WRAPPINGS = tuple(map(IPv6Network, ("::/96", "64:ff9b::/96", "64:ff9b:1::/48")))
"""Addresses of IPv6 that end in one of IPv4, which a gateway may ask in their place (RFC 4291, 6052, 8215)."""


@dataclass(frozen=True)
class Address:
    """The base address of a shop; port None: the scheme's own.

    A demo shop has another port each time, so what is kept of it names an alias in place of the address.
    """

    url: str
    host: str
    port: int | None
    alias: str

    @classmethod
    def parse(cls, url: str, alias: str | None = None) -> Address:
        """Read scheme://host[:port]; without an alias the address is its own.

        Raises:
            UsageError: it is anything else.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise UsageError(f"{url}: not an address; give http://host:port or https://host") from None
        if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.username:
            raise UsageError(f"{url}: not a shop's address; give http://host:port or https://host, nothing behind it")
        url = url.rstrip("/")
        return cls(url, parts.hostname.rstrip("."), port, alias or url)

    @property
    def loopback(self) -> bool:
        """Whether it is a shop on this very machine."""
        literal = _literal(self.host)
        return self.host == "localhost" or (literal is not None and literal.is_loopback)

    def public(self, url: str) -> str:
        """A URL as it is kept: of the shop's own ones, under the alias."""
        return _moved(url, self.url, self.alias)

    def private(self, url: str) -> str:
        """A kept URL as it is asked for."""
        return _moved(url, self.alias, self.url)

    def covers(self, host: str, scheme: str, port: int | None) -> bool:
        """Whether a request goes to the shop itself: its host with or without www., and its very port."""
        if host.removeprefix("www.") != self.host.removeprefix("www."):
            return False
        if self.port is None:
            return port in (None, *_PORTS.values())
        return (port or _PORTS[scheme]) == self.port


def refusal(url: str, base: Address, *, photo: bool) -> str | None:
    """Why a URL is not asked for; None where it may be."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return "not a web address"
    if parts.scheme not in _PORTS or not host:
        return "not a web address"
    if base.covers(host, parts.scheme, port):
        return None
    if not photo:
        return "another host than the shop's"
    literal = _literal(host)
    inside = "." not in host or host.endswith(_INSIDE) if literal is None else not is_public(literal)
    if inside or host == base.host or host in proxy_hosts():
        return "an internal address"
    return None


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


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver, which answers no name that points inside, but for the hosts that it trusts."""

    def __init__(self, reactor: ReactorBase, trusted: frozenset[str]) -> None:
        super().__init__(reactor, cache_size=1000, timeout=20.0)
        self.trusted = trusted
        self.refused: set[str] = set()
        """Names that were not answered because of where they point."""

    def has_refused(self, host: str | None) -> bool:
        """Whether a name was not answered because it points inside."""
        return (host or "").rstrip(".") in self.refused

    def getHostByName(self, name: str, timeout: object = ()) -> Deferred[str]:  # noqa: N802, ARG002 - Twisted's name
        def checked(address: str) -> str:
            if name.rstrip(".") not in self.trusted and not is_public(ip_address(address)):
                self.refused.add(name.rstrip("."))
                raise DNSLookupError(f"{name} points to {address}, an internal address")
            return address

        found: Deferred[str] = super().getHostByName(name)
        return found.addCallback(checked)


def _moved(url: str, old: str, new: str) -> str:
    return new + url[len(old) :] if url == old or url.startswith((f"{old}/", f"{old}?")) else url


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    """A host that is an address, in any spelling that the system's resolver reads as one: 127.1, 0x7f000001."""
    with suppress(ValueError):
        return ip_address(host)
    with suppress(OSError, ValueError):
        return IPv4Address(socket.inet_aton(host))
    return None
