"""A picture behind a link that somebody sends, fetched without being led inside our own network."""

from __future__ import annotations

import socket
import time
from collections.abc import Collection
from enum import Enum
from ipaddress import ip_address

import httpx

from sneakers_ml.addresses import is_public, names_inside
from sneakers_ml.errors import SneakersError
from sneakers_ml.images import MAX_BYTES

__all__ = ["LinkError", "LinkReason", "fetch_picture"]

_REDIRECTS = 5
_READ_S, _TOTAL_S = 5.0, 15.0
_HEADERS = {"User-Agent": "sneakers-ml", "Accept": "image/*,*/*;q=0.1", "Accept-Encoding": "identity"}


class LinkReason(Enum):
    """Why a link gives no picture; the value is the sentence in English."""

    NOT_A_LINK = "This is not a web address. Send one that begins with http:// or https://."
    INTERNAL = "This address is not open to everybody, so I don't follow it. Send the picture itself."
    UNREACHABLE = "This address does not answer. Check the link, or send the picture itself."
    REFUSED = "This site does not hand the picture out. Save it and send the picture itself."
    TOO_BIG = "The file behind this link is too big. Send the picture itself."
    TOO_SLOW = "This site is too slow to wait for. Send the picture itself."


class LinkError(SneakersError):
    """A link that gives no picture; `str(error)` is the reason's sentence, fit for the person who sent it."""

    def __init__(self, reason: LinkReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def fetch_picture(url: str, trusted: Collection[str] = ()) -> bytes:
    """The bytes behind a link, of at most `MAX_BYTES`; blocking, for at most some twenty seconds.

    Every address on the way is resolved once, must be public, and is the one that is connected to, so that a name that
    points inside the second time is no way round. Proxies of the environment are not used: they would resolve anew.

    Args:
        url: http or https.
        trusted: `host:port` of sites inside that may be asked all the same.

    Raises:
        LinkError: no picture came.
    """
    until = time.monotonic() + _TOTAL_S
    with httpx.Client(trust_env=False, timeout=_READ_S, headers=_HEADERS) as client:
        for _ in range(_REDIRECTS + 1):
            target = _parsed(url)
            pinned = target.copy_with(host=_address(target, trusted))
            headers, names = {"Host": target.netloc.decode()}, {"sni_hostname": target.host}
            try:
                with client.stream("GET", pinned, headers=headers, extensions=names) as response:
                    if response.is_redirect:
                        url = str(target.join(response.headers.get("location", "")))
                        continue
                    if response.status_code != httpx.codes.OK:
                        raise LinkError(LinkReason.REFUSED)
                    return _body(response, until)
            except httpx.TimeoutException:
                raise LinkError(LinkReason.TOO_SLOW) from None
            except (httpx.HTTPError, httpx.InvalidURL):
                raise LinkError(LinkReason.UNREACHABLE) from None
    raise LinkError(LinkReason.REFUSED)


def _parsed(url: str) -> httpx.URL:
    try:
        target = httpx.URL(url)
    except httpx.InvalidURL:
        raise LinkError(LinkReason.NOT_A_LINK) from None
    if target.scheme not in ("http", "https") or not target.host or target.userinfo:
        raise LinkError(LinkReason.NOT_A_LINK)
    return target


def _address(target: httpx.URL, trusted: Collection[str]) -> str:
    """The address to connect to; all that a name resolves to must be public."""
    port = target.port or {"http": 80, "https": 443}[target.scheme]
    known = f"{target.host}:{port}" in trusted
    if not known and names_inside(target.host.rstrip(".")):
        raise LinkError(LinkReason.INTERNAL)
    try:
        found = socket.getaddrinfo(target.host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise LinkError(LinkReason.UNREACHABLE) from None
    addresses = [str(sockaddr[0]) for *_, sockaddr in found]
    if not known and not all(is_public(ip_address(each)) for each in addresses):
        raise LinkError(LinkReason.INTERNAL)
    return addresses[0]


def _body(response: httpx.Response, until: float) -> bytes:
    """All of it, within the limits of size and time."""
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_BYTES:
            raise LinkError(LinkReason.TOO_BIG)
        if time.monotonic() > until:
            raise LinkError(LinkReason.TOO_SLOW)
    return bytes(body)
