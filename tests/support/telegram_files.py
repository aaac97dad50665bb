"""Files of the fake Telegram: what people sent for the bot to fetch, and what the bot uploaded."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from PIL import Image

__all__ = ["Broken", "Files", "StoredFile", "Trouble", "default_sticker"]

Broken = Literal["404", "403", "no_path"]

PHOTO_SIDES = (90, 320, 800, 1280)
"""Longest sides of the sizes that Telegram makes of a photo, in pixels."""


@dataclass
class Trouble:
    """What goes wrong with a file, and how many times still; all sizes of a photo share one."""

    kind: Broken
    left: int

    def happens(self, *kinds: Broken) -> bool:
        """Whether it is one of these and happens now, which uses it up once."""
        if self.kind not in kinds or not self.left:
            return False
        self.left -= 1
        return True


@dataclass
class StoredFile:
    """A file that the bot may fetch; `size` is what Telegram says it is, `delay` how long the download takes in s."""

    file_id: str
    data: bytes | None
    size: int
    delay: float = 0.0
    trouble: Trouble | None = None
    pixels: tuple[int, int] | None = None
    siblings: list[StoredFile] = field(default_factory=list, repr=False)

    def described(self) -> dict[str, Any]:
        """What a message tells about it: a photo's size where it is a picture."""
        sides = {"width": self.pixels[0], "height": self.pixels[1]} if self.pixels else {}
        unique = f"unique-{self.file_id}"
        return {"file_id": self.file_id, "file_unique_id": unique, "file_size": self.size, **sides}


class Files:
    """Not thread-safe: the server calls it under its lock. Without `keep` bytes go once they are fetched."""

    def __init__(self, *, keep: bool) -> None:
        self.keep = keep
        self._files: dict[str, StoredFile] = {}
        self._ids = count(1)

    def get(self, file_id: str) -> StoredFile | None:
        return self._files.get(file_id)

    def store(
        self,
        data: bytes,
        *,
        size: int | None = None,
        delay: float = 0.0,
        trouble: Trouble | None = None,
        pixels: tuple[int, int] | None = None,
    ) -> StoredFile:
        """A file of a person."""
        name = f"file-{next(self._ids)}"
        file = StoredFile(name, data, len(data) if size is None else size, delay, trouble, pixels)
        file.siblings = [file]
        self._files[name] = file
        return file

    def uploaded(self, data: bytes, *, pixels: tuple[int, int] | None = None) -> StoredFile:
        """A file of the bot: it knows what it sent, so its bytes are only kept for the test."""
        file = self.store(data, pixels=pixels)
        if not self.keep:
            file.data = None
        return file

    def photo(self, data: bytes, *, delay: float = 0.0, trouble: Trouble | None = None) -> list[StoredFile]:
        """A person's photo in the usual sizes, the largest last."""
        with Image.open(io.BytesIO(data)) as opened:
            pixels = opened.size
            image = opened.convert("RGB")
        small = [_scaled(image, side) for side in PHOTO_SIDES if side < max(pixels)]
        sizes = [(scaled, _pixels(scaled)) for scaled in small] + [(data, pixels)]
        files = [self.store(one, delay=delay, trouble=trouble, pixels=sides) for one, sides in sizes]
        for file in files:
            file.siblings = files
        return files

    def fetched(self, file: StoredFile) -> None:
        """The bot has it: a long run would fill the memory with photos that nobody asks for again."""
        if not self.keep:
            for one in file.siblings:
                one.data = None


def default_sticker() -> bytes:
    """A WebP of the size that stickers have."""
    buffer = io.BytesIO()
    Image.new("RGBA", (512, 512), (200, 120, 40, 255)).save(buffer, "WEBP")
    return buffer.getvalue()


def _pixels(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as image:
        return image.size


def _scaled(image: Image.Image, longest_side: int) -> bytes:
    small = image.copy()
    small.thumbnail((longest_side, longest_side))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG")
    return buffer.getvalue()
