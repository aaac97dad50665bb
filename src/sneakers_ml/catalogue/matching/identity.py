"""Ids of products and models."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sneakers_ml.catalogue.cleaning.naming import NO_BRAND
from sneakers_ml.catalogue.grouping import connected_rows
from sneakers_ml.catalogue.matching.units import Key, family

__all__ = ["model_ids", "model_key", "models_of_products", "product_brands", "product_id"]


def product_id(key: Key) -> str:
    """16 hexadecimal digits of the founding unit's key, whatever else there is."""
    return hashlib.sha1("\0".join(key).encode(), usedforsecurity=False).hexdigest()[:16]


def model_key(brand: str, name: str) -> str | None:
    """What a model is called by: a hash of its brand and name; None where no name is known."""
    return product_id(("model", brand, name)) if name else None


def model_ids(products: Sequence[str], brands: Sequence[str], names: Sequence[str]) -> list[str]:
    """A model id for each listing, given its product's id, its brand and its model's name.

    A product is of one model, though its shops word it differently: models that share a product are one, and have the
    least of their ids. A listing that names no model is of its product's; where none of them does, the product's id is
    the model's too.
    """
    return models_of_products(products, list(map(model_key, brands, names)))


def models_of_products(products: Sequence[str], models: Sequence[str | None]) -> list[str]:
    """A model id for each listing, given its product's id and its `model_key`; see `model_ids`."""
    groups = connected_rows(products, models).tolist()
    least: dict[int, str] = {}
    for group, model in zip(groups, models, strict=True):
        if model is not None:
            least[group] = min(least.get(group, model), model)
    return [least.get(group, product) for group, product in zip(groups, products, strict=True)]


def product_brands(products: Sequence[str], brands: Sequence[str]) -> list[str]:
    """A brand for each listing, one for all of a product: a sub-brand before its maker, and any before none."""
    chosen: dict[str, str] = {}
    for product, brand in zip(products, brands, strict=True):
        other = chosen.setdefault(product, brand)
        if other != brand:
            chosen[product] = min(other, brand, key=lambda name: (name == NO_BRAND, family(name) == name, name))
    return [chosen[product] for product in products]
