"""Why a listing belongs to its product, in a sentence."""

from __future__ import annotations

from sneakers_ml.catalogue.matching.assignment import Placement
from sneakers_ml.catalogue.matching.units import Entry

__all__ = ["matched_by", "reason"]


def matched_by(entry: Entry, placement: Placement) -> str:
    """What holds a listing in its product: style_code, title, or none where its source's own id or nothing does."""
    if placement.joined is not None and not placement.exact:
        return "title"
    return {"style": "style_code", "title": "title"}.get(entry.key[0], "none")


def reason(entry: Entry, placement: Placement, other: Entry | None) -> str:
    """One sentence; `other` is the listing that it was joined to, None for a product's founder."""
    if other is None:
        if placement.rivals:
            why = "it is as much like one style code as like another, so it joins neither"
        elif entry.code:
            why = f"no listing before it has the style code {' or '.join(entry.codes)}"
        elif entry.profile:
            why = "no listing before it is alike in model and colour"
        elif entry.wording:
            why = "model or colour is not stated, and no listing of another shop before it says the very same"
        else:
            why = "it tells too little to be compared with others"
        return f"Founds this product: {why}."
    place = ":".join(other.place)
    if placement.by_title:
        return f"Its title says the same as that of {place}, and no shop has two that do."
    if not placement.exact:
        return (
            f"Model '{entry.model}' in '{entry.colour}' is like '{other.model}' in '{other.colour}'"
            f" of {place}, {placement.score:.0f} of 100."
        )
    if entry.code:
        brand = "" if other.brand == entry.brand else f", there filed under {other.brand}"
        code = next((code for code in entry.codes if code in other.codes), entry.code)
        return f"The style code {code} is that of {place}{brand}."
    if entry.key[0] == "source":
        return f"The product id {entry.key[-1]} of {entry.source} is that of {place}."
    return f"Brand, model and colour are the same as those of {place}."
