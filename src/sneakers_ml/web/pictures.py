"""Pictures within the page's own HTML."""

from __future__ import annotations

import base64

__all__ = ["data_uri"]


def data_uri(webp: bytes) -> str:
    """A WebP as the address of an image, so that it comes with the page rather than in a request of its own."""
    return f"data:image/webp;base64,{base64.b64encode(webp).decode('ascii')}"
