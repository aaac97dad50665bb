"""A catalogue of five listings, counted by hand in the tests."""

from __future__ import annotations

import pandas as pd

from sneakers_ml.catalogue.overview.counts import Catalogue


def five_listings() -> Catalogue:
    """Two shops, three products (p1 in both shops), two brands; one more listing is set aside."""
    rows = [
        # source, id, product, brand, matched by, matched with, price, currency, photos, colour, code, collaborators
        ("kick", "1", "p1", "nike", "style_code", None, 100.0, "USD", 3, "Black", "DD1391100", ()),
        ("kick", "2", "p2", "nike", "none", None, 200.0, "USD", 1, None, None, ()),
        ("baas", "7", "p1", "nike", "style_code", "kick:1", 90.0, "EUR", 2, "Black", "DD1391100", ()),
        ("baas", "8", "p1", "nike", "title", "kick:1", 95.0, "EUR", 0, "Black", None, ()),
        ("baas", "9", "p3", "karhu", "none", None, None, None, 2, "Grey", None, ("Andersson Bell",)),
    ]
    listings = pd.DataFrame(
        [
            {
                "source": source,
                "listing_id": key,
                "product_id": product,
                "brand": brand,
                "matched_by": matched_by,
                "matched_with": matched_with,
                "price": price,
                "currency": currency,
                "photo_files": [f"photos/{key}-{number}.jpg" for number in range(photos)],
                "model": "Model",
                "colour": colour,
                "gender": None,
                "age": None,
                "style_code": code,
                "collaborators": list(partners),
            }
            for source, key, product, brand, matched_by, matched_with, price, currency, photos, *rest in rows
            for colour, code, partners in [rest]
        ]
    )
    products = pd.DataFrame(
        {"product_id": ["p1", "p2", "p3"], "model_id": ["m1", "m1", "m2"], "brand": ["nike", "nike", "karhu"]}
    )
    set_aside = pd.DataFrame(
        {"source": ["kick"], "listing_id": ["5"], "title": ["Nike | Backpack"], "reason": ["a bag"]}
    )
    return Catalogue(listings, products, set_aside)
