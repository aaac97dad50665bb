"""Which addresses a crawl may ask: the shop's own host for pages, public hosts for photos, nothing inside.

A name is checked as it stands in the URL, and once more by what it resolves to (`GuardedResolver`) at the moment of
connecting, so that a name that points inside, now or only the second time, is no way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from sneakers_ml.addresses import is_public, literal, names_inside, proxy_hosts
from sneakers_ml.errors import UsageError

__all__ = ["Address", "GuardedResolver", "refusal"]

_PORTS = {"http": 80, "https": 443}


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
        address = literal(self.host)
        return self.host == "localhost" or (address is not None and address.is_loopback)

    @property
    def site(self) -> tuple[str, int | None]:
        """Host without www., and port where it is none of the usual: what is spared, whichever shops lie there."""
        return self.host.removeprefix("www."), None if self.port in _PORTS.values() else self.port

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
    if names_inside(host) or host == base.host or host in proxy_hosts():
        return "an internal address"
    return None


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
