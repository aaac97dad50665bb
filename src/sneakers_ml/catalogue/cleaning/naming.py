"""Names of brands, models and listings, as the catalogue writes and compares them."""

from __future__ import annotations

import re
from functools import lru_cache

from sneakers_ml.catalogue.cleaning.cleaned import Cleaned
from sneakers_ml.catalogue.listing import Listing

__all__ = ["NO_BRAND", "NO_SNEAKER", "brand_key", "listing_name", "model_core", "model_key"]

NO_BRAND = "unknown"
"""The brand of listings that name none; it is never learnt."""
NO_SNEAKER = "#no sneaker"
"""The brand of photos that show other things, from which a network learns what is no sneaker; nothing of it is sold."""

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


@lru_cache(maxsize=1 << 16)
def model_core(title: str, brand: str) -> str:
    """As `model_key`, but empty for a title of nothing else."""
    noise = _NOISE.union(_words(brand))
    return " ".join(word for word in _words(title) if word not in noise)


def listing_name(listing: Listing, cleaned: Cleaned) -> str:
    """A name that says by itself which shoe it is: "adidas x Wales Bonner Samba Core Black".

    Shops leave out what the page says elsewhere, and decorate: "BRAND | MODEL { COLOUR". What was imported keeps the
    title that somebody chose for it.
    """
    if listing.title and (listing.fetched_at is None or cleaned.brand == NO_BRAND or not cleaned.colour):
        return listing.title
    model, brand = (set(re.findall(r"[^\W_]+", text.casefold())) for text in (cleaned.model, cleaned.brand))
    names = [*([] if model >= brand else [cleaned.brand_name]), *cleaned.collaborators]  # "Air Jordan 4" has its own
    kids = "(kids)" if cleaned.age else ""
    return " ".join(filter(None, [" x ".join(names), cleaned.model, cleaned.colour, kids])) or cleaned.brand_name


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", re.sub(r"['’]s\b|['’]", "", text.casefold()))
