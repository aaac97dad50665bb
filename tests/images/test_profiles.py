"""Truth: the formulas of the colour spaces, worked out with numpy; CIE L* of greys."""

from __future__ import annotations

import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageCms

from sneakers_ml import images
from tests.support.corpus import draw_shoe, encode
from tests.support.icc import ADOBE_RGB, DISPLAY_P3, PROPHOTO, SRGB, grey_profile, press_profile, rgb_profile

PROFILES = {
    "ProPhoto": (PROPHOTO, 1.8),
    "Adobe RGB": (ADOBE_RGB, 563 / 256),
    "Display P3, nearly": (DISPLAY_P3, 2.2),
    "swapped": (np.array(SRGB)[:, [1, 0, 2]].tolist(), 2.2),
}
PHOTO = draw_shoe(160, 120)
FORMATS = {"PNG": {}, "JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}, "AVIF": {"quality": 100}}


def encoded(linear):
    """sRGB bytes of linear sRGB (IEC 61966-2-1)."""
    linear = np.clip(linear, 0, 1)
    curve = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(curve * 255)


def in_srgb(photo, primaries, gamma):
    xyz = (photo / 255) ** gamma @ np.array(primaries).T
    return encoded(xyz @ np.linalg.inv(SRGB).T)


def mean_difference(photo, expected):
    return np.abs(photo.astype(float) - expected).mean()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", PROFILES)
def test_colours_are_what_the_profile_says(name: str, kind: str) -> None:
    primaries, gamma = PROFILES[name]
    data = encode(PHOTO, kind, icc_profile=rgb_profile(primaries, gamma), **FORMATS[kind])
    expected = in_srgb(PHOTO, primaries, gamma)
    assert mean_difference(PHOTO, expected) > 1.5
    assert mean_difference(images.decode(data), expected) < (1.5 if kind == "AVIF" else 0.8)


def test_heic_too() -> None:
    data = encode(PHOTO, "HEIF", icc_profile=rgb_profile(PROPHOTO, 1.8), quality=100)
    assert mean_difference(images.decode(data), in_srgb(PHOTO, PROPHOTO, 1.8)) < 1.5


def test_a_shrunk_photo_too() -> None:
    photo = draw_shoe(800, 600)
    data = encode(photo, icc_profile=rgb_profile(PROPHOTO, 1.8), quality=95)
    small = images.decode(data, longest_side=160)
    assert small.shape == (120, 160, 3)
    assert mean_difference(small, in_srgb(images.shrink(photo, 160), PROPHOTO, 1.8)) < 1.5


def test_transparency_is_kept_and_white_stays_white() -> None:
    alpha = np.where((PHOTO[0, 0] == PHOTO).all(axis=2), 0, 255).astype(np.uint8)
    clear = Image.fromarray(np.dstack([PHOTO, alpha]))
    profile = rgb_profile(PROPHOTO, 1.8)
    expected = np.where(alpha[..., None] == 0, 255, in_srgb(PHOTO, PROPHOTO, 1.8))
    for image in (clear, clear.quantize(16)):
        assert mean_difference(images.decode(encode(image, "PNG", icc_profile=profile)), expected) < 1.5


def test_a_palette_is_of_the_profiles_colours() -> None:
    data = encode(Image.fromarray(PHOTO).quantize(64), "PNG", icc_profile=rgb_profile(PROPHOTO, 1.8))
    assert mean_difference(images.decode(data), in_srgb(PHOTO, PROPHOTO, 1.8)) < 1


def test_a_grey_scale_has_its_own_curve() -> None:
    ramp = np.tile(np.arange(0, 256, dtype=np.uint8), (32, 1))
    for image in (Image.fromarray(ramp), Image.fromarray(ramp.astype(np.uint16) * 257)):
        photo = images.decode(encode(image, "PNG", icc_profile=grey_profile(1.5)))
        expected = encoded((np.arange(256) / 255) ** 1.5)[:, None]
        assert mean_difference(ramp[0][:, None], expected) > 10
        assert mean_difference(photo[0], expected) < 1


@pytest.mark.parametrize("lightness", [30, 50, 80])
def test_ink_is_what_the_press_makes_of_it(lightness: int) -> None:
    """Cyan, by a press whose cyan is grey."""
    ink = Image.new("CMYK", (32, 32), (255, 0, 0, 0))
    data = encode(ink, quality=100, icc_profile=press_profile(lightness))
    expected = encoded(((lightness + 16) / 116) ** 3)  # CIE L* to Y
    assert np.abs(images.decode(data).astype(int) - expected).max() <= 3
    assert images.decode(encode(ink, quality=100))[0, 0].tolist() == [0, 255, 255]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_profile_of_srgb_changes_nothing(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    plain = images.decode(encode(PHOTO, kind))
    np.testing.assert_array_equal(images.decode(encode(PHOTO, kind, icc_profile=profile)), plain)


BROKEN = {
    "noise": bytes(range(256)) * 4,
    "short": b"x",
    "cut": rgb_profile(PROPHOTO, 1.8)[:300],
    "no tags": rgb_profile(PROPHOTO, 1.8)[:128] + bytes(4),
    "tags out of it": rgb_profile(PROPHOTO, 1.8)[:132] + b"\xff" * 200,
    "of ink": press_profile(50),
    "of greys": grey_profile(1.0),
    "heavy": rgb_profile(PROPHOTO, 1.8) + bytes(5 * 2**20),
}


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("what", BROKEN)
def test_a_profile_that_is_broken_or_of_other_colours_is_ignored(what: str, kind: str) -> None:
    options = FORMATS[kind]
    photo = images.decode(encode(PHOTO, kind, icc_profile=BROKEN[what], **options))
    np.testing.assert_array_equal(photo, images.decode(encode(PHOTO, kind, **options)))


def test_a_part_of_a_profile_that_is_too_short_is_ignored() -> None:
    data = encode(PHOTO)
    for short in (b"ICC_PROFILE\0", b"ICC_PROFILE\0\1"):
        segment = b"\xff\xe2" + struct.pack(">H", 2 + len(short)) + short
        np.testing.assert_array_equal(images.decode(data[:2] + segment + data[2:]), images.decode(data))


def chunk(kind: bytes, body: bytes, checksum: int | None = None) -> bytes:
    checksum = zlib.crc32(kind + body) if checksum is None else checksum
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)


def test_a_good_profile_counts_among_chunks_that_are_dropped() -> None:
    data = encode(PHOTO, "PNG")
    profile = rgb_profile(PROPHOTO, 1.8)
    good = chunk(b"iCCP", b"some name\0\0" + zlib.compress(profile))
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(2**21)))
    spoilt = chunk(b"tEXt", b"Comment\0text", checksum=0)
    photo = images.decode(data[:33] + bomb + good + spoilt + data[33:])
    assert mean_difference(photo, in_srgb(PHOTO, PROPHOTO, 1.8)) < 0.8


BAD_PROFILES = {
    "checksum": chunk(b"iCCP", b"n\0\0" + zlib.compress(rgb_profile(PROPHOTO, 1.8)), checksum=1),
    "not deflated": chunk(b"iCCP", b"n\0\0" + rgb_profile(PROPHOTO, 1.8)),
    "cut": chunk(b"iCCP", b"n\0\0" + zlib.compress(rgb_profile(PROPHOTO, 1.8))[:60]),
    "another method": chunk(b"iCCP", b"n\0\7" + zlib.compress(rgb_profile(PROPHOTO, 1.8))),
    "bomb": chunk(b"iCCP", b"n\0\0" + zlib.compress(bytes(2**24))),
    "empty": chunk(b"iCCP", b""),
    "a name alone": chunk(b"iCCP", b"name"),
}


@pytest.mark.parametrize("what", BAD_PROFILES)
def test_a_bad_profile_in_a_png_is_ignored(what: str) -> None:
    data = encode(PHOTO, "PNG")
    np.testing.assert_array_equal(images.decode(data[:33] + BAD_PROFILES[what] + data[33:]), PHOTO)


def test_threads_share_what_converts() -> None:
    data = [encode(draw_shoe(320, 240, seed=seed), "PNG", icc_profile=rgb_profile(PROPHOTO, 1.8)) for seed in range(8)]
    alone = [images.decode(one) for one in data]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(images.decode, data * 4))
    for photo, expected in zip(together, alone * 4, strict=True):
        np.testing.assert_array_equal(photo, expected)


def test_the_test_profiles_are_what_others_read() -> None:
    for profile, space in (
        (rgb_profile(PROPHOTO, 1.8), "RGB "),
        (press_profile(50), "CMYK"),
        (grey_profile(1), "GRAY"),
    ):
        assert ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile.xcolor_space == space
