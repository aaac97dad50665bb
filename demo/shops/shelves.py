"""In which of a shop's collections a listing stands; often in several."""

from __future__ import annotations

__all__ = ["COLLECTIONS", "collections_of"]

COLLECTIONS: dict[str, tuple[str, ...]] = {
    "sneakerbaas": ("category-kids", "category-men", "category-unisex", "category-women"),
    "superkicks": tuple(
        f"{who}-{what}"
        for who in ("men", "women")
        for what in ("sneakers", "basketball-sneakers", "classics-sneakers", "skateboard-sneakers")
    ),
    "highsnobiety": ("category/footwear/sneakers",),
    "kickscrew": ("all-shoes",),
    "footshop": ("5-mens-shoes", "6-womens-shoes", "55-kids-sneakers-and-shoes"),
}
SPORTS = {
    "Jundo": "basketball-sneakers",
    "Duskell": "skateboard-sneakers",
    "Brisko": "classics-sneakers",
    "Elmari": "classics-sneakers",
    "Hollin": "classics-sneakers",
}
"""What superkicks files a brand's shoes under, beside all its sneakers."""


def collections_of(shop: str, brand: str, gender: str, is_shoe: bool) -> tuple[str, ...]:
    """The collections, sorted; what is for everybody stands with the men's and with the women's."""
    people = ("men", "women") if gender == "unisex" else (gender,)
    if shop == "sneakerbaas":
        return tuple(sorted(f"category-{who}" for who in {*people, gender}))
    if shop == "superkicks":
        kinds = ["sneakers", *([SPORTS[brand]] if is_shoe and brand in SPORTS else [])]
        return tuple(sorted(f"{who}-{kind}" for who in people for kind in kinds))
    if shop == "footshop":
        names = {"men": "5-mens-shoes", "women": "6-womens-shoes", "kids": "55-kids-sneakers-and-shoes"}
        return tuple(sorted(names[who] for who in people))
    return COLLECTIONS[shop]
