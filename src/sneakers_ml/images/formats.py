"""What an image file tells from its bytes alone, before and beside any decoder.

Decoders allocate, warn and parse metadata while they open a file. The few facts that must be known earlier, or that
must not depend on a decoder's mood, are read here: the format, the size a GIF or WebP declares, the EXIF orientation,
whether the end of the file is missing. Functions take whole files as bytes.
"""

from __future__ import annotations

import re
import struct

__all__ = ["declared_size", "exif_orientation", "is_cut", "sniff", "without_animation", "without_exif"]

_SIGNATURES = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png", b"GIF87a": "gif", b"GIF89a": "gif"}
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_BMP_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})
_ANIMATION_CHUNKS = frozenset({b"acTL", b"fcTL", b"fdAT"})
_ORIENTATION_TAG = 0x0112
_TAIL = 1024
"""Bytes at a file's end in which its end mark is looked for: cameras and shops pad."""


def sniff(data: bytes) -> str | None:
    """Usual file extension of the format, from the content: jpg, png, gif, webp, bmp, heic, avif; None for others."""
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    if data.startswith(b"BM") and int.from_bytes(data[14:18], "little") in _BMP_HEADERS:
        return "bmp"
    if data[4:8] != b"ftyp":
        return None
    # HEIF and AVIF share their container; the brands in its first box tell them apart (ISO/IEC 23008-12).
    end = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[at : at + 4] for at in (8, *range(16, end, 4))}
    if brands & _AVIF_BRANDS:
        return "avif"
    return "heic" if brands & _HEIF_BRANDS else None


def declared_size(kind: str, data: bytes) -> tuple[int, int] | None:
    """Width and height of the two formats whose decoder allocates the picture on opening; None for the others.

    Raises:
        struct.error, IndexError: the header is cut off or makes no sense.
    """
    if kind == "gif":
        return _gif_size(data)
    if kind != "webp":
        return None
    chunk = data[12:16]  # the first (RFC 9649, 2.5 to 2.7)
    if chunk == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _gif_size(data: bytes) -> tuple[int, int]:
    """Size of the screen, stretched to the first frame where that is larger, as decoders do."""
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    while data[at] != ord(","):
        if data[at] == ord("!"):
            at += 2
            while data[at]:
                at += 1 + data[at]
        at += 1
    left, top, frame_width, frame_height = struct.unpack_from("<4H", data, at + 1)
    return max(width, left + frame_width), max(height, top + frame_height)


def exif_orientation(exif: bytes) -> int:
    """EXIF tag Orientation, 1 to 8; 1 (upright) where the block is absent, damaged or says nothing usable."""
    tiff = exif.removeprefix(b"Exif\x00\x00")
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (directory,) = struct.unpack_from(f"{order}L", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, directory)
        for entry in range(count):
            tag, kind, _, value = struct.unpack_from(f"{order}HHLH", tiff, directory + 2 + 12 * entry)
            if tag == _ORIENTATION_TAG:
                return value if kind == 3 and 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def is_cut(kind: str, data: bytes) -> bool:
    """Whether the end of the file is missing, by the format's own end mark or length field."""
    match kind:
        case "jpg":
            return b"\xff\xd9" not in data[-_TAIL:]
        case "png":
            return b"IEND" not in data[-_TAIL:]
        case "gif":
            return not data.rstrip(b"\x00").endswith(b";")
        case "webp":
            return 8 + int.from_bytes(data[4:8], "little") > len(data)
        case "bmp":
            return int.from_bytes(data[2:6], "little") > len(data)
        case _:
            return _boxes_end(data) != len(data)


def _boxes_end(data: bytes) -> int:
    """Where the last box of an ISO container says it ends (ISO/IEC 14496-12, 4.2)."""
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 0 and at + 8 <= len(data):  # this box runs to the end of the file
            return len(data)
        if size == 1:
            size = max(16, int.from_bytes(data[at + 8 : at + 16], "big"))
        at += max(8, size)
    return at


def without_animation(png: bytes) -> bytes:
    """The same PNG as a still picture: animation chunks dropped, which damaged make the decoder warn."""
    if not any(mark in png for mark in _ANIMATION_CHUNKS):
        return png
    still, at = png[:8], 8
    while at < len(png):
        end = at + 12 + int.from_bytes(png[at : at + 4], "big")
        still += b"" if png[at + 4 : at + 8] in _ANIMATION_CHUNKS else png[at:end]
        at = end
    return still


def without_exif(avif: bytes) -> bytes:
    """The same AVIF with its EXIF item renamed, so that nothing parses it.

    An AVIF is turned by its own boxes and its EXIF must not turn it again (MIAF, ISO/IEC 23000-22), so nothing is lost.
    """
    return re.sub(rb"(infe\x02.{3}.{4}|infe\x03.{3}.{6})Exif", rb"\1skip", avif, flags=re.DOTALL)
