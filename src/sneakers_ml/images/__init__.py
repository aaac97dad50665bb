"""Bytes to a safe RGB photo: the only decoder in the project."""

from __future__ import annotations

from sneakers_ml.images.decoder import (
    MAX_ASPECT,
    MAX_BYTES,
    MAX_PIXELS,
    MIN_SIDE,
    QUERY_SIDE,
    decode,
    encode_jpeg,
    encode_webp,
    read,
    read_bytes,
    read_stored,
    shrink,
    sniff_extension,
)
from sneakers_ml.images.region import Region

__all__ = [
    "MAX_ASPECT",
    "MAX_BYTES",
    "MAX_PIXELS",
    "MIN_SIDE",
    "QUERY_SIDE",
    "Region",
    "decode",
    "encode_jpeg",
    "encode_webp",
    "read",
    "read_bytes",
    "read_stored",
    "shrink",
    "sniff_extension",
]
