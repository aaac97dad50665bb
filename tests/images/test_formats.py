"""Truth: headers put together by hand from the formats' specifications."""

from __future__ import annotations

import struct

import pytest

from sneakers_ml.images.formats import declared_size, exif_orientation, is_cut, sniff, without_animation


def exif(order: str, value: int, *, kind: int = 3, tag: int = 0x0112) -> bytes:
    head = {"<": b"II", ">": b"MM"}[order] + struct.pack(f"{order}HL", 42, 8)
    entries = struct.pack(f"{order}HHLHH", 0x0100, 3, 1, 640, 0) + struct.pack(f"{order}HHLHH", tag, kind, 1, value, 0)
    return b"Exif\x00\x00" + head + struct.pack(f"{order}H", 2) + entries


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "jpg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"GIF87a", "gif"),
        (b"RIFF\x00\x00\x00\x00WEBP", "webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"BM" + bytes(12) + b"\x28\x00\x00\x00", "bmp"),
        (b"BMW is a make of cars", None),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "heic"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1avif", "avif"),
        (b"\x00\x00\x00\x14ftypisom\x00\x00\x00\x00mp42", None),
        (b"", None),
    ],
)
def test_formats_are_told_by_their_first_bytes(data: bytes, kind: str | None) -> None:
    assert sniff(data) == kind


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("value", range(1, 9))
def test_orientation_in_both_byte_orders(order: str, value: int) -> None:
    assert exif_orientation(exif(order, value)) == value
    assert exif_orientation(exif(order, value).removeprefix(b"Exif\x00\x00")) == value


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II",
        b"no tiff",
        exif("<", 9),
        exif("<", 0),
        exif("<", 6, kind=2),
        exif("<", 6, tag=0x0113),
        exif(">", 6)[:-6],
    ],
)
def test_unusable_orientation_is_upright(block: bytes) -> None:
    assert exif_orientation(block) == 1


def test_size_of_the_three_webp_headers() -> None:
    riff = b"RIFF\x00\x00\x00\x00WEBP"
    extended = riff + b"VP8X" + bytes(8) + (799).to_bytes(3, "little") + (599).to_bytes(3, "little")
    lossless = riff + b"VP8L" + bytes(4) + b"\x2f" + (799 | 599 << 14).to_bytes(4, "little")
    lossy = riff + b"VP8 " + bytes(7) + b"\x9d\x01\x2a" + struct.pack("<HH", 800 | 1 << 14, 600)
    assert declared_size("webp", extended) == (800, 600)
    assert declared_size("webp", lossless) == (800, 600)
    assert declared_size("webp", lossy) == (800, 600)


def test_size_of_a_gif_is_the_screen_or_the_larger_first_frame() -> None:
    screen = b"GIF89a" + struct.pack("<HHBBB", 50, 40, 0x80, 0, 0) + bytes(6)  # with a palette of two colours
    comment = b"!\xfe\x03a,b\x00"
    control = b"!\xf9\x04\x00\x00\x00\x00\x00"
    frame = b"," + struct.pack("<4HB", 10, 0, 60, 30, 0)
    assert declared_size("gif", screen + comment + control + frame) == (70, 40)
    with pytest.raises(IndexError):
        declared_size("gif", screen + comment)


def test_other_formats_declare_their_size_to_their_decoder() -> None:
    assert declared_size("jpg", b"\xff\xd8\xff") is None


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("jpg", b"\xff\xd8\xff ... \xff\xd9\x00\x00"),
        ("png", b"\x89PNG ... IEND\xae\x42\x60\x82"),
        ("gif", b"GIF89a ... \x00;"),
        ("webp", b"RIFF\x06\x00\x00\x00WEBP.."),
        ("bmp", b"BM\x08\x00\x00\x00.."),
        ("heic", b"\x00\x00\x00\x0cftypheic" + b"\x00\x00\x00\x01mdat\x00\x00\x00\x00\x00\x00\x00\x12.."),
        ("avif", b"\x00\x00\x00\x0cftypavif" + b"\x00\x00\x00\x00mdat to the end"),
    ],
)
def test_an_end_is_missed_only_when_it_is_missing(kind: str, data: bytes) -> None:
    assert not is_cut(kind, data)
    if kind != "avif":  # a last box without a length has no end to miss
        assert is_cut(kind, data[: len(data) - 5])


def test_a_png_without_animation_is_left_alone_and_one_with_it_becomes_a_still() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + b"crc!"

    start, header, end = b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", b"h" * 13), chunk(b"IEND", b"")
    pixels = chunk(b"IDAT", b"pixels and the letters acTL")
    still = start + header + pixels + end
    moving = start + header + chunk(b"acTL", b"8 bytes!") + chunk(b"fcTL", b"f") + pixels + chunk(b"fdAT", b"d") + end
    assert without_animation(still) == still
    assert without_animation(moving) == still
