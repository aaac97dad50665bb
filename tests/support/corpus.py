"""Photos drawn here, and the corpus of files that people and shops really send: good, odd and hostile."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

__all__ = ["BACKGROUND", "Case", "draw_shoe", "encode", "flat_png", "make_corpus", "with_orientation", "write_photo"]

BACKGROUND = (250, 250, 250)
WIDTH, HEIGHT = 96, 64


@dataclass(frozen=True)
class Case:
    """One file of the corpus.

    `size` is (width, height) of the upright photo where it is readable; else `reason` is a word of the refusal.
    """

    path: Path
    readable: bool
    size: tuple[int, int] | None = None
    reason: str = ""

    @property
    def name(self) -> str:
        return self.path.name


def draw_shoe(width: int = WIDTH, height: int = HEIGHT, *, seed: int = 0) -> NDArray[np.uint8]:
    """RGB photo (height, width, 3): a coloured sole and upper, toe to the right; another seed, another colourway."""
    photo = np.full((height, width, 3), BACKGROUND, dtype=np.uint8)
    upper, sole, stripe = np.random.default_rng(seed).integers(0, 200, size=(3, 3), dtype=np.uint8)
    rows = np.arange(height)[:, None] / height
    columns = np.arange(width)[None, :] / width
    top = np.where(columns < 0.45, 0.25, 0.25 + (columns - 0.45) * 0.6)
    inside = (columns > 0.1) & (columns < 0.9)
    photo[inside & (rows > top) & (rows <= 0.72)] = upper
    photo[inside & (rows > 0.72) & (rows < 0.85)] = sole
    photo[inside & (rows > top) & (rows <= 0.72) & (abs(columns - rows * 0.3 - 0.2) < 0.04)] = stripe
    return photo


def encode(photo: NDArray[np.uint8] | Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """Bytes of a photo in a Pillow format or HEIF."""
    image = photo if isinstance(photo, Image.Image) else Image.fromarray(photo)
    buffer = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(image).save(buffer, **options)
    else:
        image.save(buffer, kind, **options)
    return buffer.getvalue()


def write_photo(path: Path, *, seed: int = 0, kind: str = "JPEG", **options: Any) -> Path:
    """Draw a shoe into a file, folders and all; returns `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(draw_shoe(seed=seed), kind, **options))
    return path


def with_orientation(orientation: int) -> Image.Exif:
    """EXIF block that says how the camera was held."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def flat_png(width: int, height: int) -> bytes:
    """A black PNG of one bit a pixel, written by hand: 10,000 x 10,000 pixels take 12 KB."""
    rows = zlib.compressobj(9)
    row = b"\x00" * (1 + (width + 7) // 8)
    pixels = b"".join(rows.compress(row) for _ in range(height)) + rows.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def make_corpus(folder: Path) -> list[Case]:
    """Write the corpus into `folder`, made when missing; readable files show `draw_shoe()`."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_readable(folder, *row) for row in _READABLE] + [_unreadable(folder, *row) for row in _UNREADABLE]


def _readable(folder: Path, name: str, make: Callable[[], bytes]) -> Case:
    (folder / name).write_bytes(make())
    return Case(folder / name, readable=True, size=(WIDTH, HEIGHT))


def _unreadable(folder: Path, name: str, make: Callable[[], bytes], reason: str) -> Case:
    (folder / name).write_bytes(make())
    return Case(folder / name, readable=False, reason=reason)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _shoe() -> Image.Image:
    return Image.fromarray(draw_shoe())


def _clear_background() -> Image.Image:
    """RGBA: the background is transparent, and black under it."""
    shoe = draw_shoe()
    alpha = np.where((shoe == BACKGROUND).all(axis=2), 0, 255).astype(np.uint8)
    shoe[alpha == 0] = 0
    return Image.fromarray(np.dstack([shoe, alpha]))


def _grey_16_bit() -> bytes:
    return encode(Image.fromarray(np.asarray(_shoe().convert("L")).astype(np.uint16) * 257), "PNG")


def _animated_gif() -> bytes:
    second = Image.fromarray(draw_shoe(seed=1))
    return encode(_shoe(), "GIF", save_all=True, append_images=[second], duration=100)


def _rotated_jpeg() -> bytes:
    """Pixels a quarter turn left, and EXIF orientation 6: turn right to see it upright."""
    return encode(_shoe().transpose(Image.Transpose.ROTATE_90), exif=with_orientation(6), quality=95)


def _web_page() -> bytes:
    return b"<!DOCTYPE html>\n<html><body><h1>404 Not Found</h1></body></html>\n"


def _cut(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


def _heavy() -> bytes:
    """A whole JPEG, padded to one byte more than 20 MB."""
    data = encode(draw_shoe())
    return data + b"\x00" * (20 * 2**20 + 1 - len(data))


_READABLE: list[tuple[str, Callable[[], bytes]]] = [
    ("plain.jpg", lambda: encode(_shoe(), quality=95)),
    ("grey.jpg", lambda: encode(_shoe().convert("L"), quality=95)),
    ("cmyk.jpg", lambda: encode(_shoe().convert("CMYK"), quality=95)),
    ("progressive.jpg", lambda: encode(_shoe(), quality=95, progressive=True)),
    ("rotated.jpg", _rotated_jpeg),
    ("plain.png", lambda: encode(_shoe(), "PNG")),
    ("rgba.png", lambda: encode(_clear_background(), "PNG")),
    ("grey-alpha.png", lambda: encode(_clear_background().convert("LA"), "PNG")),
    ("palette-alpha.png", lambda: encode(_clear_background().quantize(16), "PNG")),
    ("grey-16-bit.png", _grey_16_bit),
    ("animated.gif", _animated_gif),
    ("plain.webp", lambda: encode(_shoe(), "WEBP", quality=95)),
    ("plain.avif", lambda: encode(_shoe(), "AVIF", quality=95)),
    ("plain.heic", lambda: encode(_shoe(), "HEIF", quality=95)),
    ("plain.bmp", lambda: encode(_shoe(), "BMP")),
    ("png-named.jpg", lambda: encode(_shoe(), "PNG")),
    ("фото кроссовка.jpg", lambda: encode(_shoe(), quality=95)),
]
_UNREADABLE: list[tuple[str, Callable[[], bytes], str]] = [
    ("truncated.jpg", lambda: _cut(encode(_shoe(), quality=95)), "cut off"),
    ("truncated.png", lambda: _cut(encode(_shoe(), "PNG")), "cut off"),
    ("truncated.webp", lambda: _cut(encode(_shoe(), "WEBP")), "cut off"),
    ("truncated.heic", lambda: _cut(encode(_shoe(), "HEIF")), "cut off"),
    ("truncated.avif", lambda: _cut(encode(_shoe(), "AVIF")), "cut off"),
    ("zero-bytes.jpg", lambda: b"", "empty"),
    ("web-page.jpg", _web_page, "web page"),
    ("text.png", lambda: b"not a photo at all\n", "known format"),
    ("tiff.jpg", lambda: encode(_shoe(), "TIFF"), "known format"),
    ("bomb.png", lambda: flat_png(10_000, 10_000), "too large"),
    ("one-pixel.png", lambda: flat_png(1, 1), "too small"),
    ("long-and-thin.png", lambda: flat_png(30_000, 10), "thin"),
    ("heavy.jpg", _heavy, "heavy"),
]
