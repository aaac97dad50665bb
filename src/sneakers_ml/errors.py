"""Everything the project raises on purpose.

::

    SneakersError            exit code 1, one line for the user
    ├── UsageError           exit code 2: the command or its arguments cannot work
    │   ├── ParamsError      params.yaml does not fit its schema
    │   └── SettingsError    the environment lacks or garbles a value
    ├── BadImage             a photo that cannot be used, with its reason as a `BadImageReason`
    ├── DataError            a stage's input is missing or breaks its contract
    ├── ParityError          an exported model answers differently from the trained one
    ├── BundleError          a serving bundle is missing, damaged or of another version
    └── Overloaded           the recogniser has more waiting than it can answer in time

Every message says what is wrong, where, and what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial

__all__ = [
    "BadImage",
    "BadImageReason",
    "BundleError",
    "DataError",
    "Overloaded",
    "ParamsError",
    "ParityError",
    "SettingsError",
    "SneakersError",
    "UsageError",
]


class SneakersError(Exception):
    """Root of the tree; the command line prints it as one line and exits with `exit_code`."""

    exit_code = 1


class UsageError(SneakersError):
    """The command or its arguments cannot work."""

    exit_code = 2


class ParamsError(UsageError):
    """params.yaml is missing or does not fit its schema."""


class SettingsError(UsageError):
    """The environment lacks a value or holds one that cannot be used."""


class BadImageReason(Enum):
    """Why a photo cannot be used; the value is the sentence in English, to be filled with the error's data."""

    NOT_A_PHOTO = "This is not a photo in a known format. Send it as {formats}."
    WEB_PAGE = "This is a web page or a drawing in text, not a photo. Save the picture itself and send that."
    EMPTY = "The file is empty: no photo has arrived. Send it again."
    CUT_OFF = "The photo is cut off: the file is incomplete. Send it again."
    DAMAGED = "The photo is damaged and cannot be opened. Save it anew as JPEG and send that."
    TOO_HEAVY = "The file is too heavy: more than {limit} MB. Send a smaller copy."
    TOO_LARGE = "The photo is too large: {width} x {height} pixels, more than {limit} megapixels. Send a smaller copy."
    TOO_LONG = "The photo is too long and thin: {width} x {height} pixels. Send one that shows the whole sneaker."
    TOO_SMALL = "The photo is too small: {width} x {height} pixels. Send one of at least {limit} pixels a side."
    OUT_OF_MEMORY = "The photo is too large for the memory at hand. Send a smaller copy."
    FOLDER = "This is a folder, not a photo. Name the photos in it."
    CLOSED_FOLDER = "The folder cannot be looked into. Check that you may read and enter it."
    MISSING = "There is no such file. Check its name."
    UNREADABLE = "The file cannot be opened. Check its name and that you may read it."


class BadImage(SneakersError):
    """A photo that cannot be used; `str(error)` is the reason's sentence, fit for the person who sent it.

    Args:
        reason: why.
        data: the values that the sentence names, such as `width`, `height` and `limit`.
    """

    def __init__(self, reason: BadImageReason, **data: int | str) -> None:
        super().__init__(reason.value.format(**data))
        self.reason = reason
        self.data = data

    @property
    def problem(self) -> str:
        """What is wrong, without the advice to the person who would have sent the photo."""
        return str(self).partition(". ")[0]

    def __reduce__(self) -> tuple[Callable[[], BadImage], tuple[()]]:
        """So that it passes between processes with its reason."""
        return partial(BadImage, self.reason, **self.data), ()


class DataError(SneakersError):
    """A stage's input is missing or breaks its contract."""


class ParityError(SneakersError):
    """An exported model answers differently from the trained one."""


class BundleError(SneakersError):
    """A serving bundle is missing, damaged or of another version."""


class Overloaded(SneakersError):
    """The recogniser has more photos waiting than it can answer in time."""
