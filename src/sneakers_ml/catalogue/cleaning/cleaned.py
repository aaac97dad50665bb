"""What cleaning makes of a listing."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Cleaned", "Removed"]


@dataclass(frozen=True, slots=True)
class Removed:
    """Words that were taken out of a title, as they stood there, and why.

    `kind` is brand, label, collaborator, gender, age, colour, year, style_code, badge or generic.
    """

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A listing put in order. Names are in the form in which the shop shows them, tidied; None means not stated."""

    brand: str
    """Canonical key, lower case; `titles.NO_BRAND` where none is named."""
    brand_name: str
    label: str | None
    """The brand's sub-label, such as "Originals"."""
    collaborators: tuple[str, ...]
    model: str
    """Empty only for a listing without a title."""
    colour: str | None
    """Parts of a list are joined by "/"."""
    gender: str | None
    """"men", "women" or "unisex"."""
    age: str | None
    """"kids", or None for adults."""
    style_code: str | None
    """The maker's article number, upper case, without separators."""
    price: float | None
    """In units of `currency`."""
    currency: str | None
    """ISO 4217."""
    removed: tuple[Removed, ...]
    """What was taken out of the title, in its order: no letter of its first 500 characters is lost."""
    wording: str
    """What the title says of model and colour, in the shop's own order."""
    set_aside: str | None
    """Why the listing is no sneaker, as a sentence; None for a sneaker."""
    other_codes: tuple[str, ...] = ()
    """Further style codes of the same shoe, where a listing names several: the maker's old and new one."""
