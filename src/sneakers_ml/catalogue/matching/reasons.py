"""Why a listing belongs to its product, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from sneakers_ml.catalogue.matching.assignment import Placement
from sneakers_ml.catalogue.matching.units import Entry, ground

__all__ = ["Told", "matched_by", "reason"]


@dataclass(frozen=True, slots=True)
class Told:
    """What a reason quotes of a listing."""

    source: str
    listing_id: str
    brand: str
    model: str | None
    colour: str | None

    @property
    def place(self) -> str:
        return f"{self.source}:{self.listing_id}"


def matched_by(entry: Entry, placement: Placement) -> str:
    """What holds a listing in its product: style_code, title, or none where its source's own id or nothing does."""
    if placement.joined is not None and not placement.exact:
        return "title"
    return ground(entry.key)


def reason(entry: Entry, placement: Placement, own: Told, other: Told | None) -> str:
    """One sentence; `other` is the listing that it was joined to, None for a product's founder."""
    if other is None:
        return _founding(entry, rivals=placement.rivals)
    if not placement.exact:
        return (
            f"Model '{own.model}' in '{own.colour}' is like '{other.model}' in '{other.colour}'"
            f" of {other.place}, {placement.score:.0f} of 100."
        )
    if entry.code:
        brand = "" if other.brand == own.brand else f", there filed under {other.brand}"
        return f"The style code {entry.code} is that of {other.place}{brand}."
    if entry.key[0] == "source":
        return f"The product id {entry.key[-1]} of {entry.source} is that of {other.place}."
    what = "Brand, model and colour are" if entry.profile else "Brand and title are"
    return f"{what} the same as those of {other.place}."


def _founding(entry: Entry, *, rivals: bool) -> str:
    if rivals:
        return "Founds this product: it is as much like one style code as like another, so it joins neither."
    if entry.code:
        return f"Founds this product: no listing before it has the style code {entry.code}."
    if entry.profile is None and entry.key[0] == "title":
        return "Founds this product: model or colour is not told, so only the very same title could join."
    if entry.profile is None:
        return "Founds this product: it tells too little to be compared with others."
    return "Founds this product: no listing before it is alike in model and colour."
