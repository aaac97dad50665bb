"""Everything the project raises on purpose.

::

    SneakersError            exit code 1, one line for the user
    ├── UsageError           exit code 2: the command or its arguments cannot work
    │   ├── ParamsError      params.yaml does not fit its schema
    │   └── SettingsError    the environment lacks or garbles a value
    ├── BadImage             a photo that cannot be used, with a reason a person understands
    ├── DataError            a stage's input is missing or breaks its contract
    ├── ParityError          an exported model answers differently from the trained one
    ├── BundleError          a serving bundle is missing, damaged or of another version
    └── Overloaded           the recogniser has more waiting than it can answer in time

Every message says what is wrong, where, and what to do.
"""

from __future__ import annotations

__all__ = [
    "BadImage",
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


class BadImage(SneakersError):
    """A photo that cannot be used; `str(error)` is a sentence fit for the person who sent it."""


class DataError(SneakersError):
    """A stage's input is missing or breaks its contract."""


class ParityError(SneakersError):
    """An exported model answers differently from the trained one."""


class BundleError(SneakersError):
    """A serving bundle is missing, damaged or of another version."""


class Overloaded(SneakersError):
    """The recogniser has more photos waiting than it can answer in time."""
