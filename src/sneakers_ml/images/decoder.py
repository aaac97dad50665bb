"""Bytes to a safe RGB photo: the only decoder in the project.

Neither a file's name nor the type its sender claims is believed. The format is taken from the content and must be on a
short list; the size is checked on the header, before a pixel is decoded; the photo comes out upright, in sRGB,
transparency on white. Whatever is wrong with a file, the only error is `BadImage` with a sentence for the person who
sent it. No process-wide setting of Pillow or of warnings is touched, so threads may decode side by side.
"""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif import HeifImageFile

from sneakers_ml.errors import BadImage, BadImageReason, DataError
from sneakers_ml.images.formats import (
    MOST_SCANS,
    SCAN,
    declared_size,
    exif_orientation,
    has_all_scans,
    is_cut,
    sniff,
    without_animation,
    without_exif,
    without_metadata,
)
from sneakers_ml.images.profiles import srgb_transform

__all__ = [
    "MAX_ASPECT",
    "MAX_BYTES",
    "MAX_PIXELS",
    "MIN_SIDE",
    "QUERY_SIDE",
    "decode",
    "encode_jpeg",
    "encode_webp",
    "read",
    "read_bytes",
    "read_stored",
    "shrink",
    "sniff_extension",
]

MAX_BYTES = 20 * 2**20
"""Largest file in bytes; also what a Telegram bot may download."""
MAX_PIXELS = 8192 * 6144
"""Largest photo in pixels: a 50-megapixel phone's full frame, 150 MB once decoded."""
MIN_SIDE = 16
"""Smallest side in pixels on which a sneaker could show."""
QUERY_SIDE = 1024
"""Longest side in pixels to which the photo of a question is shrunk; a larger one only takes longer."""
MAX_ASPECT = 20
"""Longest side over shortest; beyond it a file is a rule or a banner."""

_FORMATS = "JPEG, PNG, WebP, HEIC, AVIF, GIF or BMP"

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""Turn that undoes each EXIF orientation."""

logger = logging.getLogger(__name__)


class _Jpeg(JpegImageFile):
    """A JPEG whose EXIF is not parsed on opening: Pillow looks there for dots per inch, and warns of damage."""

    def getexif(self) -> Image.Exif:
        return Image.Exif()


_PLUGINS: dict[str, Callable[[io.BytesIO], ImageFile.ImageFile]] = {
    "jpg": _Jpeg,
    "png": PngImageFile,
    "gif": GifImageFile,
    "webp": WebPImageFile,
    "bmp": BmpImageFile,
    "avif": AvifImageFile,
    "heic": HeifImageFile,
}
_CLEANERS: dict[str, Callable[[bytes], bytes]] = {"png": without_animation, "avif": without_exif}
"""What is dropped before a plugin looks: damaged it makes Pillow warn or refuse, and whole it is not needed."""
_TURNED_BY_BOXES = frozenset({"avif", "heic"})
"""Formats in which boxes alone tell the orientation (MIAF, ISO/IEC 23000-22); their decoders see to it."""
_END = b"\xff\xd9"
_FILLER = b"\x55" * 64
_LOST = 1 / 16
"""Share of a JPEG's rows that may be missing at its end."""


def decode(data: bytes, *, longest_side: int | None = None) -> NDArray[np.uint8]:
    """Turn a file's bytes into an upright RGB photo of shape (height, width, 3).

    Args:
        data: the whole file: JPEG, PNG, WebP, GIF (first frame), HEIC, AVIF or BMP.
        longest_side: when given, larger photos are shrunk to it in pixels; smaller ones are never enlarged.

    Raises:
        BadImage: the file is no photo, damaged, cut off, too heavy, too large, too small or too long and thin.
    """
    kind = sniff_extension(data)
    try:
        if (declared := declared_size(kind, data)) is not None:
            _check_size(declared)
        image, size = _load(kind, data, longest_side)
        with image:
            exif, xmp = _orientation_blocks(image)
            turn = _UPRIGHT.get(exif_orientation(exif, b"" if kind in _TURNED_BY_BOXES else xmp))
            rgb = _rgb(image, size)
        return np.array(rgb if turn is None else rgb.transpose(turn))
    except BadImage:
        raise
    except MemoryError:
        raise BadImage(BadImageReason.OUT_OF_MEMORY) from None
    except Exception as error:  # decoders raise whatever hostile bytes make of them
        logger.debug("no %s could be decoded", kind, exc_info=True)
        raise BadImage(BadImageReason.CUT_OFF if is_cut(kind, data) else BadImageReason.DAMAGED) from error


def read(path: Path, *, longest_side: int | None = None) -> NDArray[np.uint8]:
    """Like `decode`, for a file.

    Raises:
        BadImage: as `decode`, and where there is no such file or it cannot be opened.
    """
    return decode(read_bytes(path), longest_side=longest_side)


def read_stored(path: Path, *, longest_side: int | None = None) -> NDArray[np.uint8]:
    """Like `read`, for a photo that the stage `photos` has written.

    Raises:
        DataError: it is gone or damaged, which running the stage again mends.
    """
    try:
        return read(path, longest_side=longest_side)
    except BadImage as error:
        raise DataError(f"{path}: {error} Or run `sneakers photos` again.") from None


def read_bytes(path: Path) -> bytes:
    """Read a photo's file without decoding it, and never more than `MAX_BYTES` of it.

    Raises:
        BadImage: there is no such file, it is no regular file, it cannot be opened or it is too heavy.
    """
    try:
        if path.is_dir():
            may_enter = os.access(path, os.R_OK | os.X_OK)
            raise BadImage(BadImageReason.FOLDER if may_enter else BadImageReason.CLOSED_FOLDER)
        if not path.is_file():
            raise BadImage(BadImageReason.UNREADABLE if path.exists() else BadImageReason.MISSING)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        raise BadImage(BadImageReason.UNREADABLE) from None
    _check_weight(data)
    return data


def sniff_extension(data: bytes) -> str:
    """Extension for a photo's file, from its content: jpg, png, webp, gif, heic, avif or bmp.

    Raises:
        BadImage: the content is empty, too heavy or of no format that is read here.
    """
    if not data:
        raise BadImage(BadImageReason.EMPTY)
    _check_weight(data)
    if (kind := sniff(data)) is not None:
        return kind
    if data[:256].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise BadImage(BadImageReason.WEB_PAGE)
    raise BadImage(BadImageReason.NOT_A_PHOTO, formats=_FORMATS)


def shrink(photo: NDArray[np.uint8], longest_side: int) -> NDArray[np.uint8]:
    """Shrink a photo so that its longest side is at most `longest_side` pixels; a smaller one is returned as it is."""
    height, width = photo.shape[:2]
    size = _fit((width, height), longest_side)
    return photo if size == (width, height) else np.array(_resize(Image.fromarray(photo), size))


def encode_jpeg(photo: NDArray[np.uint8], quality: int = 92) -> bytes:
    """Encode an RGB photo of shape (height, width, 3) as a baseline JPEG without metadata; equal input, equal bytes."""
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def encode_webp(photo: NDArray[np.uint8], quality: int) -> bytes:
    """Encode an RGB photo of shape (height, width, 3) as a lossy WebP without metadata; equal input, equal bytes."""
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, "WEBP", quality=quality)
    return buffer.getvalue()


def _check_weight(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise BadImage(BadImageReason.TOO_HEAVY, limit=MAX_BYTES // 2**20)


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise BadImage(BadImageReason.TOO_LARGE, width=width, height=height, limit=MAX_PIXELS // 10**6)
    if max(size) > MAX_ASPECT * min(size):
        raise BadImage(BadImageReason.TOO_LONG, width=width, height=height)
    if min(size) < MIN_SIDE:
        raise BadImage(BadImageReason.TOO_SMALL, width=width, height=height, limit=MIN_SIDE)


def _load(kind: str, data: bytes, longest_side: int | None) -> tuple[ImageFile.ImageFile, tuple[int, int]]:
    """The picture as the file has it, or a JPEG at a fraction of that, and the size that is asked for."""
    try:
        return _open(kind, _CLEANERS[kind](data) if kind in _CLEANERS else data, longest_side)
    except (BadImage, MemoryError):
        raise
    except Exception:
        if kind != "jpg":
            raise
        return _open_incomplete(without_metadata(data), longest_side)


def _open(kind: str, data: bytes, longest_side: int | None) -> tuple[ImageFile.ImageFile, tuple[int, int]]:
    image = _PLUGINS[kind](io.BytesIO(data))
    _check_size(image.size)
    size = _fit(image.size, longest_side)
    if image.info.get("progressive") and data.count(SCAN) > MOST_SCANS:
        raise ValueError("a JPEG of too many scans")
    if kind == "jpg" and size != image.size:
        image.draft(None, size)  # libjpeg then decodes at 1/2, 1/4 or 1/8 of the size, never below `size`
    image.load()
    return image, size


def _open_incomplete(jpeg: bytes, longest_side: int | None) -> tuple[ImageFile.ImageFile, tuple[int, int]]:
    """A JPEG that may lack its last bytes; where rows are missing, the last one that is there is repeated.

    A row is missing when what follows the file's end changes it.

    Raises:
        ValueError: more rows are missing than `_LOST`.
    """
    begun = jpeg.removesuffix(b"\xff")  # half a marker
    (image, size), (other, _) = (_open("jpg", begun + tail, longest_side) for tail in (_END, _FILLER + _END))
    changed = ImageChops.difference(image, other).getbbox()
    first = changed[1] if changed else image.height
    if image.height - first > image.height * _LOST or not has_all_scans(jpeg):
        raise ValueError("the JPEG ends too early")
    if changed:
        last = image.crop((0, first - 1, image.width, first))
        image.paste(last.resize((image.width, image.height - first)), (0, first))
    return image, size


def _orientation_blocks(image: Image.Image) -> tuple[bytes, str | bytes]:
    """EXIF and XMP, empty where there is none; ImageMagick writes a PNG's EXIF as text, in hexadecimal."""
    exif = image.info.get("exif")
    if exif is None and (text := image.info.get("Raw profile type exif")):
        try:
            exif = bytes.fromhex("".join(text.split("\n")[3:]))
        except ValueError:
            exif = None
    return exif or b"", image.info.get("XML:com.adobe.xmp") or image.info.get("xmp") or b""


def _rgb(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Eight bits of sRGB a channel at a size in pixels, with what is transparent on white."""
    profile = image.info.get("icc_profile")
    if isinstance(image, BmpImageFile) and image.mode == "RGBA" and not image.getchannel("A").getbbox():
        image = image.convert("RGB")  # programs that know no transparency leave its bytes at zero
    image = _eight_bits(image)
    colours = {"1": "L", "L": "L", "LA": "L", "CMYK": "CMYK"}.get(image.mode, "RGB")
    transform = srgb_transform(profile, colours) if profile else None
    if transform is None:
        return _resize(_on_white(image), size)
    if not image.has_transparency_data:
        return transform.apply(_resize(image.convert(colours), size))  # fewer pixels to convert
    clear = image.convert("RGBA")
    converted = transform.apply(clear.convert(colours))
    converted.putalpha(clear.getchannel("A"))
    return _resize(_on_white(converted), size)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Scale 16-bit grey to 8 bits by its high byte, as Pillow does for 16-bit colour; `convert` would clip it."""
    if not image.mode.startswith("I"):
        return image
    values = np.asarray(image).astype(np.int64)
    if isinstance(transparent := image.info.get("transparency"), int):
        values[values == transparent] = 0xFFFF
    return Image.fromarray((np.clip(values, 0, 0xFFFF) >> 8).astype(np.uint8))


def _on_white(image: Image.Image) -> Image.Image:
    """RGB, with whatever is transparent (channel, palette entry or key colour) laid on white."""
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image if image.mode == "RGBA" else image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(clear, mask=clear.getchannel("A"))
    return white


def _fit(size: tuple[int, int], longest_side: int | None) -> tuple[int, int]:
    """Size in pixels, same aspect, with the longest side at most `longest_side`."""
    if longest_side is None or max(size) <= longest_side:
        return size
    scale = longest_side / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _resize(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if image.size == size:
        return image
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)
