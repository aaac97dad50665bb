"""A picture behind a link that somebody sends, fetched without being led inside our own network."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from ipaddress import ip_address

import httpx

from sneakers_ml.addresses import is_public, names_inside
from sneakers_ml.errors import SneakersError
from sneakers_ml.images import MAX_BYTES

__all__ = ["LinkError", "LinkReason", "fetch_picture", "picture_behind"]

_REDIRECTS = 5
_READ_S, _TOTAL_S = 5.0, 15.0
_PORTS = {"http": 80, "https": 443}
_HEADERS = {"User-Agent": "sneakers-ml", "Accept": "image/*,*/*;q=0.1", "Accept-Encoding": "identity"}
_RESOLVING = ThreadPoolExecutor(8, thread_name_prefix="resolve")
"""A resolver cannot be interrupted: it goes on here while who asked has given up."""


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


def _resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, by the system's resolver.

    Raises:
        OSError, UnicodeError: it has none.
    """
    return [str(sockaddr[0]) for *_, sockaddr in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


async def picture_behind(
    url: str,
    trusted: Collection[str] = (),
    *,
    seconds: float = _TOTAL_S,
    resolve: Callable[[str, int], Sequence[str]] = _resolved,
) -> bytes:
    """The bytes behind a link, of at most `MAX_BYTES`.

    Every address on the way is resolved once, must be public, and is the one that is connected to, so that a name that
    points inside the second time is no way round. Proxies of the environment are not used: they would resolve anew.

    Args:
        url: http or https.
        trusted: `host:port` of sites inside that may be asked all the same.
        seconds: that all of it may take, whatever the sites on the way do.
        resolve: the addresses of a host; called on a thread.

    Raises:
        LinkError: no picture came.
    """
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(trust_env=False, timeout=_READ_S, headers=_HEADERS) as client,
        ):
            for _ in range(_REDIRECTS + 1):
                target = _parsed(url)
                pinned = target.copy_with(host=await _address(target, trusted, resolve))
                headers, names = {"Host": target.netloc.decode()}, {"sni_hostname": target.raw_host.decode()}
                async with client.stream("GET", pinned, headers=headers, extensions=names) as response:
                    if not response.has_redirect_location:
                        return await _body(response)
                    url = str(target.join(response.headers["location"]))
    except (TimeoutError, httpx.TimeoutException):
        raise LinkError(LinkReason.TOO_SLOW) from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):  # ValueError: of a redirect's address
        raise LinkError(LinkReason.UNREACHABLE) from None
    raise LinkError(LinkReason.REFUSED)


def fetch_picture(url: str, trusted: Collection[str] = ()) -> bytes:
    """`picture_behind`, for a thread without an event loop.

    Raises:
        LinkError: no picture came.
    """
    return asyncio.run(picture_behind(url, trusted))


def _parsed(url: str) -> httpx.URL:
    try:
        target = httpx.URL(url)
        told = target.host and not target.userinfo and (target.port or 1) <= 65535
    except (httpx.InvalidURL, ValueError):  # ValueError: letters that cannot be encoded, a name that is no Punycode
        raise LinkError(LinkReason.NOT_A_LINK) from None
    if target.scheme not in _PORTS or not told:
        raise LinkError(LinkReason.NOT_A_LINK)
    return target


async def _address(target: httpx.URL, trusted: Collection[str], resolve: Callable[[str, int], Sequence[str]]) -> str:
    """The address to connect to; all that a name resolves to must be public."""
    host, port = target.raw_host.decode(), target.port or _PORTS[target.scheme]
    known = f"{host}:{port}" in trusted
    if not known and names_inside(host):
        raise LinkError(LinkReason.INTERNAL)
    try:
        addresses = await asyncio.get_running_loop().run_in_executor(_RESOLVING, resolve, host, port)
    except (OSError, UnicodeError):
        raise LinkError(LinkReason.UNREACHABLE) from None
    if not known and not all(is_public(ip_address(each)) for each in addresses):
        raise LinkError(LinkReason.INTERNAL)
    return addresses[0]


async def _body(response: httpx.Response) -> bytes:
    """All of it, within the limit of size; packed bytes are refused, as few of them can become very many."""
    packed = response.headers.get("content-encoding", "").lower() not in ("", "identity")
    if packed or response.status_code != httpx.codes.OK:
        raise LinkError(LinkReason.REFUSED)
    if int(response.headers.get("content-length", 0)) > MAX_BYTES:
        raise LinkError(LinkReason.TOO_BIG)
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_BYTES:
            raise LinkError(LinkReason.TOO_BIG)
    return bytes(body)
