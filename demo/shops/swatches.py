"""One page for several colours of a model, as a few of sneakerbaas' pages are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from demo.shops.offer import Offer, Swatch, slug_of

__all__ = ["join_colours"]


def join_colours(offers: Sequence[Offer], pages: Sequence[str | None]) -> list[Offer]:
    """Offers whose page (parallel to `offers`; None: one of its own) is the same become one with a choice of colours.

    The page takes the first one's id and price, its title is the model alone, and no style code is told: one line of
    text could not say whose it is.
    """
    groups: dict[str, list[Offer]] = {}
    for number, (offer, page) in enumerate(zip(offers, pages, strict=True)):
        groups.setdefault(page or f"own page {number}", []).append(offer)
    return [group[0] if len(group) == 1 else _page(group) for group in groups.values()]


def _page(group: list[Offer]) -> Offer:
    first = group[0]
    swatches = tuple(Swatch(offer.colour, offer.product_id or "", offer.photos) for offer in group)
    return replace(
        first,
        slug=slug_of(f"{first.model} colours"),
        title=first.model,
        colour="",
        style_code=None,
        description=(f"{first.model} in {len(group)} colours",),
        photos=tuple(photo for offer in group for photo in offer.photos),
        swatches=swatches,
    )
