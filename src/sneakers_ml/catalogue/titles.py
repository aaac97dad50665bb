"""Titles reduced to what names a model, for grouping where a shop states no model."""

from __future__ import annotations

import re

__all__ = ["NO_BRAND", "brand_key", "model_core", "model_key"]

NO_BRAND = "unknown"
"""The brand of listings that name none; it is never learnt."""

_GENDER = "men mens man women womens woman wmns unisex kids kid boys boy girls girl junior infant ladies adult"
_GENERIC = "shoes shoe sneaker sneakers trainer trainers casual sports sport footwear the and"
_COLOURS = (
    "black white blue red green grey gray brown navy beige yellow orange pink purple tan silver gold maroon olive khaki"
    " cream multi multicolor multicolour multicoloured coloured off dark light tricolour"
)
_NOISE = frozenset(f"{_GENDER} {_GENERIC} {_COLOURS}".split())


def brand_key(brand: str) -> str:
    """A brand as folders and tables spell it alike: lower case, one space for blanks, hyphens and underscores."""
    return re.sub(r"[\s_-]+", " ", brand).strip().casefold()


def model_key(title: str, brand: str) -> str:
    """The words of a title that name the model, without brand, gender, colour and generic words.

    A title of nothing else ("Vans Men Blue Casual Shoes") keeps all its words, so that unlike shoes aren't thrown
    together.
    """
    return model_core(title, brand) or " ".join(_words(title))


def model_core(title: str, brand: str) -> str:
    """As `model_key`, but empty for a title of nothing else."""
    brand_words = set(_words(brand))
    return " ".join(word for word in _words(title) if word not in _NOISE and word not in brand_words)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", re.sub(r"['’]s\b|['’]", "", text.casefold()))
