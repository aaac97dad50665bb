"""What an image file tells from its bytes alone, before and beside any decoder.

Decoders allocate, warn and parse metadata while they open a file. The few facts that must be known earlier, or that
must not depend on a decoder's mood, are read here: the format, the size a GIF or WebP declares, the orientation,
whether the end of the file is missing; and what of a file only stands in a decoder's way is left out. Functions take
whole files as bytes.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from itertools import islice

__all__ = [
    "MOST_SCANS",
    "SCAN",
    "declared_size",
    "exif_orientation",
    "has_all_scans",
    "is_cut",
    "sniff",
    "without_animation",
    "without_exif",
    "without_metadata",
]

SCAN = b"\xff\xda"
"""What each scan of a JPEG begins with."""
MOST_SCANS = 1000
"""In a JPEG; programs write a dozen, and each more goes over the whole picture again."""
_SIGNATURES = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png", b"GIF87a": "gif", b"GIF89a": "gif"}
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_BMP_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})
_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_TELLING = _TEXTS | {b"iCCP", b"eXIf", b"tRNS"}
"""Ancillary chunks of a PNG that its colours and its orientation depend on."""
_TOLD_IN_TEXT = (b"XML:com.adobe.xmp\0", b"Raw profile type exif\0")
"""Keywords of texts in which an orientation may stand."""
_PACKED = {b"zTXt": rb"[^\0]+\0\0", b"iCCP": rb"[^\0]+\0\0", b"iTXt": rb"[^\0]+\0\x01\0[^\0]*\0[^\0]*\0"}
"""What stands before deflated content in a chunk (PNG, 11.3.2 and 11.3.3)."""
_INFLATED = 2**20
"""Bytes that such content may inflate to: as many as Pillow takes."""
_ORIENTATION_TAG = 0x0112
_NUMBERS = {1: "B", 3: "H", 4: "L", 6: "b", 8: "h", 9: "l", 13: "L"}
"""Types of whole numbers in EXIF, and what `struct` calls them."""
_METADATA = frozenset({*range(0xE2, 0xEE), 0xEF, 0xFE})
"""A JPEG's application segments and comments, but those of JFIF, EXIF and Adobe."""
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_PLACES = 64
"""Coefficients of a block."""
_ICC = b"ICC_PROFILE\0"
_ICC_HEADER = 4 + len(_ICC) + 2
"""Bytes of a segment before its part of the profile: marker, length, name, number and count."""
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


def exif_orientation(exif: bytes, xmp: str | bytes = b"") -> int:
    """The tag Orientation, 1 to 8; 1 (upright) where EXIF is absent, damaged or says nothing usable.

    As Pillow's `ImageOps.exif_transpose` reads it: as whole numbers of any type, behind a prefix that some phones write
    twice, and from XMP where EXIF has no such tag. Unlike Pillow, a number of type BYTE counts too.

    Args:
        exif: the EXIF block, with or without its prefix.
        xmp: the XMP packet.
    """
    if not (exif or xmp):
        return 1
    value = _orientation_in_exif(re.sub(rb"^(Exif\0\0){1,2}", b"", exif))
    if value is None:
        found = re.search(rb"tiff:Orientation(?:=\"|>)([0-9])", xmp.encode() if isinstance(xmp, str) else xmp)
        value = int(found[1]) if found else 1
    return value if 1 <= value <= 8 else 1


def _orientation_in_exif(tiff: bytes) -> int | None:
    """What the tag says, be that usable or not; None where there is no such."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return None
    try:
        (directory,) = struct.unpack_from(f"{order}L", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, directory)
        for entry in range(directory + 2, directory + 2 + 12 * count, 12):
            tag, kind, numbers, where = struct.unpack_from(f"{order}HHLL", tiff, entry)
            if tag == _ORIENTATION_TAG and numbers and kind in _NUMBERS:
                number = f"{order}{_NUMBERS[kind]}"
                value: int = struct.unpack_from(
                    number, tiff, where if numbers * struct.calcsize(number) > 4 else entry + 8
                )[0]
                return value
    except struct.error:
        return None
    return None


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
    """The same PNG as a still picture with what its colours and orientation depend on, and nothing else.

    Animation that is damaged makes the decoder warn; text and profiles that are, or inflate without end, make it refuse
    the photo.
    """
    whole, at = memoryview(png), 8
    parts, dropped = [whole[:at]], False
    while at < len(png):
        kind, end = png[at + 4 : at + 8], at + 12 + int.from_bytes(png[at : at + 4], "big")
        if kind == b"IEND":
            end = len(png)
        # A picture can be shown without the chunks whose names begin with a small letter (PNG, 5.4).
        if not kind[:1].islower() or _is_needed(kind, png[at + 8 : end - 4], png[end - 4 : end]):
            parts.append(whole[at:end])
        else:
            dropped = True
        at = end
    return b"".join(parts) if dropped else png


def _is_needed(kind: bytes, body: bytes, checksum: bytes) -> bool:
    """Whether an ancillary chunk of a PNG tells of colours or orientation, and can be read."""
    if kind not in _TELLING or (kind in _TEXTS and not body.startswith(_TOLD_IN_TEXT)):
        return False
    if zlib.crc32(kind + body).to_bytes(4, "big") != checksum:
        return False
    if kind not in _PACKED:
        return True
    start = re.match(_PACKED[kind], body, re.DOTALL)
    if start is None:  # text may also be plain
        return kind == b"iTXt"
    inflater = zlib.decompressobj()
    try:
        inflater.decompress(body[start.end() :], _INFLATED)
    except zlib.error:
        return False
    return not inflater.unconsumed_tail


def without_metadata(jpeg: bytes) -> bytes:
    """The same JPEG without comments, previews and blocks of editors, which damaged make the decoder refuse it.

    JFIF, EXIF, Adobe's and profiles stay: colours and orientation depend on them.
    """
    parts, at = [], 0
    for marker, start, end in _segments(jpeg):
        if marker in _METADATA and not (jpeg.startswith(_ICC, start + 4) and end - start > _ICC_HEADER):
            parts.append(jpeg[at:start])
            at = end
    return b"".join([*parts, jpeg[at:]])


def has_all_scans(jpeg: bytes) -> bool:
    """Whether a scan for the last bit of each coefficient of each component has begun (ITU-T T.81, G.1.1.1).

    That tells of a progressive JPEG whose end is missing whether what is there can show all of its detail.
    """
    told: dict[int, int] = {}  # component -> a bit for each coefficient
    at = 2
    for marker, start, end in _segments(jpeg):
        at = end
        if marker in _FRAMES:
            told = dict.fromkeys(jpeg[start + 10 : end : 3], 0)
    for scan in islice(re.finditer(rb"\xff\xda..([\x01-\x04])", jpeg[at:], re.DOTALL), MOST_SCANS):
        names, parameters = at + scan.end(), at + scan.end() + 2 * scan[1][0]
        first, last, bits = jpeg[parameters : parameters + 3].ljust(3, b"\xff")
        if first <= last < _PLACES and not bits & 15:
            for name in told.keys() & {*jpeg[names:parameters:2]}:
                told[name] |= (2 << last) - (1 << first)
    return bool(told) and set(told.values()) == {(1 << _PLACES) - 1}


def _segments(jpeg: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment before the first scan (ITU-T T.81, B.1.1)."""
    at = 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and (marker := jpeg[at + 1]) != 0xDA:
        if marker == 0xFF:  # a marker may be filled up
            at += 1
            continue
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        yield marker, at, end
        at = end


def without_exif(avif: bytes) -> bytes:
    """The same AVIF with its EXIF item renamed, so that nothing parses it.

    An AVIF is turned by its own boxes and its EXIF must not turn it again (MIAF, ISO/IEC 23000-22), so nothing is lost.
    """
    return re.sub(rb"(infe\x02.{3}.{4}|infe\x03.{3}.{6})Exif", rb"\1skip", avif, flags=re.DOTALL)
