"""Addresses of photos: of each the one that gives the original, never a thumbnail or one blown up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

__all__ = ["canonical_photo", "canonical_photos", "largest_of"]

_SIZES = frozenset({"w", "width", "h", "height", "crop", "dpr", "pad_color"})
_SIGNED = frozenset({"s", "sig", "sign", "signature", "token", "x-amz-signature"})
_SHOPIFY = re.compile(r"(?:^|\.)cdn\.shopify\.com$|(?:^|\.)shopifycdn\.(?:com|net)$")
_SHOPIFY_PATH = re.compile(r"/cdn/shop/|/s/files/")
_SUFFIX = re.compile(
    r"(?:_(?:\d+x\d*|x\d+|\{width\}x\d*|pico|icon|thumb|small|compact|medium|large|grande)"
    r"(?:_crop_[a-z]+)?)?(?:@[234]x)?(?:\.progressive)?(?=\.[A-Za-z0-9]+$)"
)
_NO_SHOE = re.compile(
    r"size[-_ ]?(?:chart|guide)|(?:^|[-_ ])(?:no[-_ ]?image|placeholder)(?:$|[-_ ])"
    r"|^(?:swatch|logo|icon|badge)(?:$|[-_ ])|[-_ ](?:swatch|logo|icon|badge)$",
    re.IGNORECASE,
)


def canonical_photos(urls: Iterable[str], page: str) -> list[str]:
    """The canonical addresses of a gallery in its order, each once, without size charts, swatches and logos."""
    found = (canonical_photo(url, page) for url in urls)
    return list(
        dict.fromkeys(url for url in found if url and not _NO_SHOE.search(PurePosixPath(urlsplit(url).path).stem))
    )


def canonical_photo(url: str, page: str) -> str | None:
    """The address of the original of a photo found on `page`; None for what is no address of a photo (data: …).

    Relative and scheme-less addresses are completed; http becomes https, except on the page's own host when the page
    came over http. Parameters that set a size are dropped unless the query is signed; so is a size in a file's name on
    Shopify's delivery network, where the name without it is the original's.
    """
    try:
        parts, own = urlsplit(urljoin(page, url.strip())), urlsplit(page)
        if parts._replace(fragment="") == own._replace(fragment=""):  # an empty address
            return None
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path in ("", "/"):
            return None
        query = parse_qsl(parts.query, keep_blank_values=True)
        if parts.path.endswith("/_next/image"):  # only resizes the photo behind it: ?url=…&w=640
            inner = next((value for key, value in query if key == "url" and value), None)
            if inner:
                return canonical_photo(inner, page)
        plain = parts.port not in (None, 80) or (own.scheme == "http" and own.hostname == parts.hostname)
    except ValueError:  # no address at all: a bracket without its mate, a port that is no number
        return None
    scheme = "http" if parts.scheme == "http" and plain else "https"
    path = parts.path
    if _SHOPIFY.search(parts.hostname) or _SHOPIFY_PATH.search(path):
        folder, slash, name = path.rpartition("/")
        path = folder + slash + _SUFFIX.sub("", name, count=1)
    kept = [(key, value) for key, value in query if key.lower() not in _SIZES]
    if len(kept) == len(query) or any(key.lower() in _SIGNED for key, _ in query):
        return urlunsplit((scheme, parts.netloc, path, parts.query, ""))
    return urlunsplit((scheme, parts.netloc, path, urlencode(kept), ""))


def largest_of(srcset: str) -> str | None:
    """The largest candidate of an `srcset`, by width or density; the last of equals. None for an empty one."""
    best, size = None, -1.0
    rest = srcset.strip(" \t\r\n,")
    while rest:
        url, _, rest = rest.partition(" ")
        if "," in url and url.endswith(","):
            descriptor, url = "", url.rstrip(",")
        else:
            descriptor, _, rest = rest.partition(",")
        match = re.match(r"\s*(\d+(?:\.\d+)?)[wx]", descriptor)
        value = float(match[1]) if match else 1.0
        if value >= size:
            best, size = url, value
        rest = rest.lstrip(" \t\r\n,")
    return best
