"""Truth: the drawings of the corpus, pixel values worked out by hand, and Pillow's own ImageOps for turning."""

from __future__ import annotations

import io
import re
import struct
import time
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from sneakers_ml import images
from sneakers_ml.errors import BadImage, BadImageReason, DataError
from tests.support.corpus import Case, draw_shoe, encode, flat_png, make_corpus, with_orientation

KINDS = ["JPEG", "PNG", "GIF", "WEBP", "BMP", "AVIF", "HEIF"]
SHOE = {kind: encode(draw_shoe(), kind) for kind in KINDS}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    return make_corpus(tmp_path_factory.mktemp("corpus"))


def reason(data: bytes) -> str:
    with pytest.raises(BadImage) as caught:
        images.decode(data)
    return str(caught.value)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_readable_files_of_the_corpus_are_upright_rgb(corpus: list[Case]) -> None:
    for case in (case for case in corpus if case.readable):
        photo = images.read(case.path)
        assert photo.dtype == np.uint8
        assert photo.shape == (case.size[1], case.size[0], 3), case.name
        assert photo.flags.writeable


def test_unreadable_files_of_the_corpus_are_refused_in_a_sentence(corpus: list[Case]) -> None:
    for case in (case for case in corpus if not case.readable):
        with pytest.raises(BadImage) as caught:
            images.read(case.path)
        said = str(caught.value)
        assert case.reason in said, case.name
        assert said[0].isupper()
        assert said.endswith(".")
        assert len(said.splitlines()) == 1


def test_an_error_says_why_in_a_reason_and_its_values(tmp_path: Path) -> None:
    refused = {
        BadImageReason.NOT_A_PHOTO: b"%PDF-1.7",
        BadImageReason.WEB_PAGE: b"\xef\xbb\xbf \n<svg/>",
        BadImageReason.EMPTY: b"",
        BadImageReason.CUT_OFF: SHOE["JPEG"][:500],
        BadImageReason.DAMAGED: SHOE["PNG"][:40] + bytes(20) + SHOE["PNG"][60:],
        BadImageReason.TOO_HEAVY: bytes(images.MAX_BYTES + 1),
        BadImageReason.TOO_LARGE: flat_png(9_000, 8_000),
        BadImageReason.TOO_LONG: flat_png(321, 16),
        BadImageReason.TOO_SMALL: flat_png(16, 15),
    }
    values = {
        BadImageReason.NOT_A_PHOTO: {"formats": "JPEG, PNG, WebP, HEIC, AVIF, GIF or BMP"},
        BadImageReason.TOO_HEAVY: {"limit": 20},
        BadImageReason.TOO_LARGE: {"width": 9_000, "height": 8_000, "limit": 50},
        BadImageReason.TOO_LONG: {"width": 321, "height": 16},
        BadImageReason.TOO_SMALL: {"width": 16, "height": 15, "limit": 16},
    }
    for why, data in refused.items():
        with pytest.raises(BadImage) as caught:
            images.decode(data)
        assert (caught.value.reason, caught.value.data) == (why, values.get(why, {}))
    paths = {
        BadImageReason.FOLDER: tmp_path,
        BadImageReason.MISSING: tmp_path / "absent.jpg",
        BadImageReason.UNREADABLE: tmp_path / ("long" * 100),
    }
    for why, path in paths.items():
        with pytest.raises(BadImage) as caught:
            images.read(path)
        assert (caught.value.reason, caught.value.data) == (why, {})


@pytest.mark.parametrize("name", ["plain.png", "png-named.jpg", "animated.gif", "plain.bmp"])
def test_lossless_files_show_the_very_pixels(corpus: list[Case], name: str) -> None:
    path = next(case.path for case in corpus if case.name == name)
    np.testing.assert_array_equal(images.read(path), draw_shoe())


@pytest.mark.parametrize("name", ["plain.jpg", "rotated.jpg", "cmyk.jpg", "plain.webp", "plain.avif", "plain.heic"])
def test_lossy_files_show_nearly_the_pixels(corpus: list[Case], name: str) -> None:
    path = next(case.path for case in corpus if case.name == name)
    difference = np.abs(images.read(path).astype(int) - draw_shoe())
    assert difference.mean() < 3


@pytest.mark.parametrize("name", ["rgba.png", "grey-alpha.png", "palette-alpha.png"])
def test_transparency_lies_on_white(corpus: list[Case], name: str) -> None:
    photo = images.read(next(case.path for case in corpus if case.name == name))
    assert photo[0, 0].tolist() == [255, 255, 255]
    assert photo[40, 48].max() < 210


def test_half_transparent_red_on_white() -> None:
    photo = images.decode(encode(Image.new("RGBA", (16, 16), (255, 0, 0, 128)), "PNG"))
    assert photo[0, 0].tolist() == [255, 127, 127]  # 255 * (1 - 128 / 255)


@pytest.mark.parametrize("mode", ["RGB", "L", "1"])
def test_a_transparent_key_colour_becomes_white(mode: str) -> None:
    black = Image.new(mode, (16, 16))
    photo = images.decode(encode(black, "PNG", transparency=(0, 0, 0) if mode == "RGB" else 0))
    assert (photo == 255).all()


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    values = np.zeros((16, 16), dtype=np.uint16)
    values[0, :4] = [0x0100, 0x0200, 0x8000, 0xFFFF]
    photo = images.decode(encode(Image.fromarray(values), "PNG"))
    assert photo[0, :5].tolist() == [[v, v, v] for v in (1, 2, 128, 255, 0)]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_every_orientation_is_undone(kind: str, orientation: int) -> None:
    data = encode(
        draw_shoe(), kind, exif=with_orientation(orientation), **({"lossless": True} if kind == "WEBP" else {})
    )
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    np.testing.assert_array_equal(images.decode(data), np.asarray(expected))


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_a_phone_photo_is_turned_once(kind: str) -> None:
    exif = with_orientation(6)
    turned = encode(draw_shoe(), kind, exif=exif if kind == "AVIF" else exif.tobytes(), quality=95)
    expected = np.rot90(draw_shoe(), -1)  # orientation 6: turn right to see it upright
    photo = images.decode(turned)
    assert photo.shape == expected.shape
    assert np.abs(photo.astype(int) - expected).mean() < 3


def exif_block(kind: int, number: bytes, *, order: str = "<", count: int = 1, prefixes: int = 1) -> bytes:
    """EXIF whose tag Orientation is a number of some type, in the entry itself."""
    head = {"<": b"II", ">": b"MM"}[order] + struct.pack(f"{order}HLH", 42, 8, 1)
    return b"Exif\0\0" * prefixes + head + struct.pack(f"{order}HHL", 0x0112, kind, count) + number.ljust(8, b"\0")


def upright(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))


WHOLE_NUMBERS = {3: "H", 4: "L", 6: "b", 8: "h", 9: "l", 13: "L"}


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", WHOLE_NUMBERS)
@pytest.mark.parametrize("prefixes", [1, 2])
def test_an_orientation_counts_in_any_whole_number_as_for_pillow(prefixes: int, kind: int, order: str) -> None:
    for orientation in (1, 3, 6, 8, 9):
        number = struct.pack(order + WHOLE_NUMBERS[kind], orientation)
        data = encode(draw_shoe(), exif=exif_block(kind, number, order=order, prefixes=prefixes))
        np.testing.assert_array_equal(images.decode(data), upright(data))


def test_an_orientation_counts_as_a_byte_and_as_the_first_of_several_numbers() -> None:
    turned = np.rot90(draw_shoe(), -1)
    np.testing.assert_array_equal(images.decode(encode(draw_shoe(), "PNG", exif=exif_block(1, b"\6"))), turned)
    pair = encode(draw_shoe(), "PNG", exif=exif_block(3, struct.pack("<2H", 6, 1), count=2))
    np.testing.assert_array_equal(images.decode(pair), turned)
    np.testing.assert_array_equal(
        images.decode(encode(draw_shoe(), "PNG", exif=exif_block(3, b"\6", count=0))), draw_shoe()
    )


def xmp_packet(orientation: int, *, attribute: bool = True) -> bytes:
    told = f'<rdf:Description tiff:Orientation="{orientation}"/>'
    if not attribute:
        told = f"<tiff:Orientation>{orientation}</tiff:Orientation>"
    return f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{told}</x:xmpmeta>".encode()


@pytest.mark.parametrize("attribute", [True, False])
@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_an_orientation_that_xmp_alone_tells_counts(kind: str, attribute: bool) -> None:
    packet, options = xmp_packet(6, attribute=attribute), {}
    if kind == "PNG":
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", packet)
    else:
        options["xmp"] = packet
    for exif in (b"", exif_block(3, b"\1"), exif_block(3, b"\3")):
        data = encode(draw_shoe(), kind, **options, **({"exif": exif} if exif else {}))
        expected = upright(data)
        assert expected.shape == ((64, 96, 3) if exif else (96, 64, 3))
        np.testing.assert_array_equal(images.decode(data), expected)


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_xmp_does_not_turn_what_is_turned_by_boxes(kind: str) -> None:
    assert images.decode(encode(draw_shoe(), kind, xmp=xmp_packet(6))).shape[0] * 96 in {64 * 96, 96 * 96}


def test_a_png_of_imagemagick_is_turned() -> None:
    text = exif_block(3, b"\6")
    info = PngInfo()
    info.add_text("Raw profile type exif", f"\nexif\n{len(text):8}\n{text.hex()}\n", zip=True)
    data = encode(draw_shoe(), "PNG", pnginfo=info)
    assert upright(data).shape == (96, 64, 3)
    np.testing.assert_array_equal(images.decode(data), upright(data))
    info = PngInfo()
    info.add_text("Raw profile type exif", "\nexif\n 4\nno hexadecimal\n")
    np.testing.assert_array_equal(images.decode(encode(draw_shoe(), "PNG", pnginfo=info)), draw_shoe())


def test_damaged_metadata_neither_warns_nor_refuses() -> None:
    entry = struct.pack("<HHLL", 0x011A, 5, 1, 0xFFFF)  # X resolution, far beyond the block's end
    exif = b"Exif\x00\x00II*\x00" + struct.pack("<LH", 8, 40) + entry
    for kind in ("JPEG", "PNG", "WEBP"):
        assert images.decode(encode(draw_shoe(), kind, exif=exif)).shape == (64, 96, 3)


def test_an_avif_with_damaged_metadata_is_read() -> None:
    exif = Image.Exif()
    exif[0x010F] = "a maker of cameras"
    data = encode(draw_shoe(), "AVIF", exif=exif)
    entries = data.index(exif.tobytes().removeprefix(b"Exif\x00\x00")) + 8
    damaged = data[:entries] + b"\xff\xff" + data[entries + 2 :]  # a directory of 65,535 entries
    np.testing.assert_array_equal(images.decode(damaged), images.decode(data))


def test_a_damaged_animation_shows_the_still() -> None:
    data = SHOE["PNG"]
    after_header = 8 + 25
    no_frames = png_chunk(b"acTL", struct.pack(">II", 0, 0))
    np.testing.assert_array_equal(images.decode(data[:after_header] + no_frames + data[after_header:]), draw_shoe())


BOMB = zlib.compress(bytes(2**22))
ODD_CHUNKS = {
    "text, checksum": struct.pack(">I", 12) + b"tEXtComment\0text" + bytes(4),
    "text, no end of its keyword": png_chunk(b"tEXt", b"Comment"),
    "zTXt, bomb": png_chunk(b"zTXt", b"Comment\0\0" + BOMB),
    "zTXt, bomb of a packet": png_chunk(b"zTXt", b"XML:com.adobe.xmp\0\0" + BOMB),
    "zTXt, no method": png_chunk(b"zTXt", b"Comment\0"),
    "zTXt, another method": png_chunk(b"zTXt", b"Raw profile type exif\0\7" + BOMB[:40]),
    "zTXt, not deflated": png_chunk(b"zTXt", b"Raw profile type exif\0\0text"),
    "iTXt, bomb": png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + BOMB),
    "iTXt, cut": png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1"),
    "iTXt, checksum": png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0packet")[:-4] + bytes(4),
    "resolution, short": png_chunk(b"pHYs", b"\0"),
    "gamma, empty": png_chunk(b"gAMA", b""),
    "whites, short": png_chunk(b"cHRM", b"\0\0\0"),
    "rendering, empty": png_chunk(b"sRGB", b""),
    "EXIF, checksum": png_chunk(b"eXIf", b"II*\0")[:-4] + bytes(4),
    "private, checksum": struct.pack(">I", 4) + b"prVWview" + bytes(4),
    "time, checksum": struct.pack(">I", 7) + b"tIME" + bytes(11),
}


@pytest.mark.parametrize("place", ["before the pixels", "after them"])
@pytest.mark.parametrize("what", ODD_CHUNKS)
def test_odd_chunks_of_a_png_are_dropped(what: str, place: str) -> None:
    data = SHOE["PNG"]
    at = 8 + 25 if place.startswith("before") else len(data) - 12
    np.testing.assert_array_equal(images.decode(data[:at] + ODD_CHUNKS[what] + data[at:]), draw_shoe())


def test_many_bombs_cost_no_memory() -> None:
    data, bombs = SHOE["PNG"], ODD_CHUNKS["zTXt, bomb"] * 50
    np.testing.assert_array_equal(images.decode(data[:33] + bombs + data[33:]), draw_shoe())


def test_a_bitmap_whose_transparency_nobody_wrote_is_opaque() -> None:
    """Headers of the third to fifth kind name a mask for it; the palette of colours is that of Windows."""
    blue_green_red = np.dstack([draw_shoe()[::-1, :, ::-1], np.zeros((64, 96), np.uint8)])
    masks = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)

    def bitmap(header: int, pixels: NDArray[np.uint8]) -> bytes:
        facts = struct.pack("<IiiHHIIiiII", header, 96, 64, 1, 32, 3, pixels.nbytes, 2835, 2835, 0, 0)
        head = (facts + masks).ljust(header, b"\0")
        return struct.pack("<2sIII", b"BM", 14 + header + pixels.nbytes, 0, 14 + header) + head + pixels.tobytes()

    for header in (56, 108, 124):
        np.testing.assert_array_equal(images.decode(bitmap(header, blue_green_red)), draw_shoe())
        half = blue_green_red.copy()
        half[32:, :, 3] = 255  # rows are stored from below: the upper half is opaque
        photo = images.decode(bitmap(header, half))
        np.testing.assert_array_equal(photo[:32], draw_shoe()[:32])
        assert (photo[32:] == 255).all()


def noisy(width: int, height: int) -> Image.Image:
    """A photo whose every block costs bytes, so that what is cut off is seen."""
    noise = np.random.default_rng(0).integers(0, 60, (height, width, 3))
    return Image.fromarray((draw_shoe(width, height) * (195 / 255) + noise).astype(np.uint8))


KINDS_OF_JPEG = {
    "baseline": {},
    "progressive": {"progressive": True},
    "full colour": {"subsampling": 0},
    "own codes": {"optimize": True},
    "restarts": {"restart_marker_blocks": 8},
}


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("name", KINDS_OF_JPEG)
class TestAJpegWithoutItsEnd:
    def test_it_is_read_where_only_the_end_mark_is_missing(self, name: str, mode: str) -> None:
        for image in (Image.fromarray(draw_shoe(320, 240)), noisy(320, 240)):
            data = encode(image.convert(mode), **KINDS_OF_JPEG[name])
            whole = images.decode(data)
            for missing in (1, 2):
                np.testing.assert_array_equal(images.decode(data[:-missing]), whole)
            small = images.decode(data[:-2], longest_side=100)
            np.testing.assert_array_equal(small, images.decode(data, longest_side=100))

    def test_it_is_read_where_its_last_rows_are_missing(self, name: str, mode: str) -> None:
        data = encode(noisy(640, 480).convert(mode), **KINDS_OF_JPEG[name])
        whole = images.decode(data)
        short = name == "progressive" and mode == "CMYK"  # no black ink: its scans at the end take few bytes
        for missing in (3,) if short else (3, 8, 40, 300):
            photo = images.decode(data[:-missing])
            np.testing.assert_array_equal(photo[: 480 * 15 // 16], whole[: 480 * 15 // 16])
            assert np.abs(photo.astype(int) - whole).mean() < 3

    def test_it_is_refused_where_more_is_missing(self, name: str, mode: str) -> None:
        data = encode(noisy(640, 480).convert(mode), **KINDS_OF_JPEG[name])
        for share in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85):
            for side in (None, 100):
                with pytest.raises(BadImage) as caught:
                    images.decode(data[: int(len(data) * share)], longest_side=side)
                assert caught.value.reason is BadImageReason.CUT_OFF


def test_a_progressive_jpeg_that_ends_between_its_scans_is_cut_off() -> None:
    """All its rows are there, though blurred."""
    data = encode(noisy(320, 240), progressive=True)
    scans = [found.start() for found in re.finditer(rb"\xff\xda", data)]
    assert len(scans) == 10
    for start in scans[1:]:
        for tail in (b"", b"\xff"):
            with pytest.raises(BadImage, match="cut off"):
                images.decode(data[:start] + tail)


def test_a_jpeg_of_scans_without_end_is_refused_before_they_are_decoded() -> None:
    data = encode(draw_shoe(4000, 3000), progressive=True)
    last = data.rindex(b"\xff\xda")
    started = time.process_time()
    with pytest.raises(BadImage, match="damaged"):
        images.decode(data[:last] + data[last:-2] * 1001 + data[-2:])
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("marker", "body"),
    [
        (0xED, b"Photoshop 3.0\x008BIM"),
        (0xED, b"Photoshop 3.0\x008BIM\x03\xed\xff"),
        (0xE2, b"ICC_PROFILE\0"),
        (0xE2, b"MPF\0"),
        (0xFE, b""),
        (0xE3, b"\xff" * 40),
    ],
)
def test_a_jpeg_with_damaged_blocks_of_editors_is_read(marker: int, body: bytes) -> None:
    data = encode(draw_shoe(), exif=with_orientation(6))
    block = struct.pack(">BBH", 0xFF, marker, 2 + len(body)) + body
    for odd in (data[:2] + block + data[2:], data[:2] + b"\xff\xff" + block + data[2:]):
        np.testing.assert_array_equal(images.decode(odd), images.decode(data))


def test_shrinks_to_the_longest_side_and_never_enlarges() -> None:
    data = encode(draw_shoe(800, 600), "JPEG")
    assert images.decode(data, longest_side=100).shape == (75, 100, 3)
    assert images.decode(data, longest_side=800).shape == (600, 800, 3)
    assert images.decode(data, longest_side=5000).shape == (600, 800, 3)
    portrait = encode(Image.fromarray(draw_shoe(800, 600)), "JPEG", exif=with_orientation(8))
    assert images.decode(portrait, longest_side=100).shape == (100, 75, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_shrinking_while_decoding_equals_shrinking_after(kind: str) -> None:
    data = encode(draw_shoe(480, 320), kind)
    while_decoding = images.decode(data, longest_side=96)
    after = images.shrink(images.decode(data), 96)
    assert while_decoding.shape == after.shape == (64, 96, 3)
    assert np.abs(while_decoding.astype(int) - after).mean() < 2


def test_shrink_keeps_a_small_photo_as_it_is() -> None:
    photo = draw_shoe()
    assert images.shrink(photo, 96) is photo


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_file_is_refused_or_still_whole(kind: str) -> None:
    data, whole = SHOE[kind], images.decode(SHOE[kind])
    for end in range(len(data) - 1, 0, -max(1, len(data) // 40)):
        try:
            photo = images.decode(data[:end])
        except BadImage:
            continue
        np.testing.assert_array_equal(photo, whole)
    assert "cut off" in reason(data[: len(data) * 3 // 4])


def test_a_cut_jpeg_is_refused_when_shrunk_too() -> None:
    data = encode(draw_shoe(800, 600), "JPEG", quality=95)
    with pytest.raises(BadImage, match="cut off"):
        images.decode(data[: len(data) // 2], longest_side=96)


@given(
    kind=st.sampled_from(KINDS),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
    side=st.sampled_from([None, 20]),
)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_flipped_bytes_raise_nothing_but_bad_image(kind: str, flips: list[tuple[float, int]], side: int | None) -> None:
    data = bytearray(SHOE[kind])
    for place, value in flips:
        data[int(place**2 * len(data))] = value  # squared: headers are where decoders stumble
    with suppress(BadImage):
        assert images.decode(bytes(data), longest_side=side).ndim == 3


@given(body=st.binary(max_size=300), kind=st.sampled_from(KINDS))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_noise_behind_a_known_beginning_is_refused(body: bytes, kind: str) -> None:
    with pytest.raises(BadImage):
        images.decode(SHOE[kind][:16] + body)


def test_sizes_are_checked_on_the_header() -> None:
    limit = images.MAX_PIXELS // 10**6
    assert reason(flat_png(9_000, 9_000)) == (
        f"The photo is too large: 9000 x 9000 pixels, more than {limit} megapixels. Send a smaller copy."
    )
    assert "too small" in reason(flat_png(16, 15))
    assert images.decode(flat_png(16, 16)).shape == (16, 16, 3)
    assert "thin" in reason(flat_png(321, 16))
    assert images.decode(flat_png(320, 16)).shape == (16, 320, 3)


def test_a_webp_or_gif_that_claims_a_huge_canvas_is_refused() -> None:
    canvas = (9_999).to_bytes(3, "little") * 2
    assert "10000 x 10000" in reason(b"RIFF\x20\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00" + bytes(4) + canvas)
    frame = b"GIF89a" + struct.pack("<HHBBB", 20, 20, 0, 0, 0) + b"," + struct.pack("<4HB", 0, 0, 10_000, 10_000, 0)
    assert "10000 x 10000" in reason(frame + b"\x02\x02\x44\x01\x00;")


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
def test_a_container_that_claims_a_huge_photo_is_refused(kind: str) -> None:
    data = SHOE[kind]
    at = data.index(b"ispe") + 8  # the box that states width and height
    assert data[at : at + 8] == struct.pack(">II", 96, 64)
    reason(data[:at] + struct.pack(">II", 10_000, 10_000) + data[at + 8 :])


def test_extension_comes_from_the_content() -> None:
    found = {kind: images.sniff_extension(data) for kind, data in SHOE.items()}
    assert found == {
        "JPEG": "jpg",
        "PNG": "png",
        "GIF": "gif",
        "WEBP": "webp",
        "BMP": "bmp",
        "AVIF": "avif",
        "HEIF": "heic",
    }
    with pytest.raises(BadImage, match="known format"):
        images.sniff_extension(b"%PDF-1.7")


def test_a_stored_photo_that_is_gone_or_damaged_names_the_stage_to_run(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(encode(draw_shoe(320, 240)))
    np.testing.assert_array_equal(images.read_stored(photo, longest_side=80), images.read(photo, longest_side=80))
    photo.write_bytes(photo.read_bytes()[:300])
    with pytest.raises(DataError, match=r"photo\.jpg: The photo is cut off.* Or run `sneakers photos` again\."):
        images.read_stored(photo)


def test_jpeg_keeps_the_photo_and_equal_photos_give_equal_bytes() -> None:
    photo = draw_shoe(320, 240)
    data = images.encode_jpeg(photo)
    assert data == images.encode_jpeg(photo.copy())
    assert np.abs(images.decode(data).astype(int) - photo).mean() < 3
    assert len(images.encode_jpeg(photo, quality=30)) < len(data)


def test_threads_decode_side_by_side_and_leave_no_trace(corpus: list[Case]) -> None:
    def look(case: Case) -> bool:
        try:
            images.read(case.path)
        except BadImage:
            return False
        return True

    before = list(warnings.filters), Image.MAX_IMAGE_PIXELS
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(look, corpus * 3))
    assert seen == [case.readable for case in corpus * 3]
    assert (list(warnings.filters), Image.MAX_IMAGE_PIXELS) == before
